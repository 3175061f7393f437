<?php
// Installs WordPress with an admin, an editor and an author, as its own installer does.
// Called with the folder of WordPress.

define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST'] = parse_url( getenv( 'WORDPRESS_URL' ), PHP_URL_HOST );

/** In place of WordPress's own, which would send a mail. */
function wp_new_blog_notification() {}

require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$password = getenv( 'WORDPRESS_PASSWORD' );
wp_install( 'Fernlight Studio', 'admin', 'admin@wordpress.test', false, '', $password );
foreach ( array( 'editor', 'author' ) as $role ) {
	$id = wp_insert_user(
		array(
			'user_login' => $role,
			'user_pass'  => $password,
			'user_email' => $role . '@wordpress.test',
			'role'       => $role,
		)
	);
	is_wp_error( $id ) && exit( $id->get_error_message() . "\n" );
}
foreach ( get_users() as $user ) {
	// The editors' first-visit tours, and the full screen.
	$calm = array( 'welcomeGuide' => false, 'fullscreenMode' => false );
	update_user_meta( $user->ID, 'wp_persisted_preferences', array( 'core/edit-post' => $calm, 'core/edit-site' => $calm ) );
}
// Pictures of people come from another host.
update_option( 'show_avatars', 0 );

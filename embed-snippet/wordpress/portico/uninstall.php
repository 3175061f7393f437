<?php
/**
 * Deleting the plugin deletes what it stored, on every site of a network.
 *
 * @package Portico
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( is_multisite() ) {
	$portico_sites = get_sites(
		array(
			'fields' => 'ids',
			'number' => 0,
		)
	);
	foreach ( $portico_sites as $portico_site ) {
		switch_to_blog( $portico_site );
		delete_option( 'portico' );
		restore_current_blog();
	}
} else {
	delete_option( 'portico' );
}

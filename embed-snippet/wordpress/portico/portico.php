<?php
/**
 * Plugin Name:       Portico Client Portal
 * Description:       Puts your Portico client portal on a page: with a block, or with the short code [portico].
 * Version:           1.0.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            The Portico maintainers
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       portico
 * Domain Path:       /languages
 *
 * This plugin is free software: you can redistribute it and/or modify it under the terms of the
 * GNU General Public License as published by the Free Software Foundation, either version 2 of
 * the License, or (at your option) any later version. It comes without any warranty.
 *
 * @package Portico
 */

defined( 'ABSPATH' ) || exit;

const PORTICO_VERSION = '1.0.0';

/** The one option that is stored: host, studio, theme, start, label. */
const PORTICO_OPTION = 'portico';

/** That of the sign-in, so that nothing below it moves when it comes. */
const PORTICO_ROOM = 'min-height:530px';

/** How a studio's name looks in an address; the same rule as the host's. */
const PORTICO_STUDIO = '/^(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*$/D';

/**
 * What is set under Settings → Portico, complete with defaults.
 *
 * @return array<string, string>
 */
function portico_options() {
	$defaults = array(
		'host'   => '',
		'studio' => '',
		'theme'  => 'auto',
		'start'  => 'auto',
		'label'  => '',
	);
	$stored   = get_option( PORTICO_OPTION, array() );
	return array_merge( $defaults, array_intersect_key( is_array( $stored ) ? $stored : array(), $defaults ) );
}

/**
 * What may be chosen, by attribute; "auto" is what the portal does without it.
 *
 * @return array<string, array<string, string>>
 */
function portico_choices() {
	return array(
		'theme' => array(
			'auto'  => __( 'As the visitor’s device has it', 'portico' ),
			'light' => __( 'Light', 'portico' ),
			'dark'  => __( 'Dark', 'portico' ),
		),
		'start' => array(
			'auto'   => __( 'As set in Portico', 'portico' ),
			'form'   => __( 'The email field', 'portico' ),
			'button' => __( 'A button, which opens the email field', 'portico' ),
		),
	);
}

/*
 * On the page
 */

/**
 * The portal as HTML, for the short code and the block alike.
 *
 * The host is never taken from a page: whoever writes pages could load any script with it.
 *
 * @param array<string, mixed> $wanted  Attributes of the short code or block.
 * @param string               $wrapper Attributes of the element around it, already escaped.
 * @return string
 */
function portico_html( $wanted, $wrapper = 'style="' . PORTICO_ROOM . '"' ) {
	$options = portico_options();
	$value   = static function ( $name ) use ( $wanted, $options ) {
		// Word processors make curly quotes of those around a short code's values.
		$text = isset( $wanted[ $name ] ) && is_string( $wanted[ $name ] ) ? trim( $wanted[ $name ], " \t\n\r\"'“”„‘’″" ) : '';
		return '' === $text ? $options[ $name ] : $text;
	};
	$studio  = strtolower( $value( 'studio' ) );
	if ( '' === $options['host'] || ! preg_match( PORTICO_STUDIO, $studio ) ) {
		return portico_unfinished();
	}

	$address = $options['host'] . '/' . $studio . '/login';
	$label   = $value( 'label' );
	$link    = sprintf( '<a href="%s">%s</a>', esc_url( $address ), esc_html( '' === $label ? __( 'My Account', 'portico' ) : $label ) );
	if ( is_feed() ) {
		return $link;
	}

	wp_enqueue_script( 'portico-embed' );
	$attributes = sprintf( ' studio="%s"', esc_attr( $studio ) );
	foreach ( portico_choices() as $name => $choices ) {
		$chosen = $value( $name );
		if ( 'auto' !== $chosen && isset( $choices[ $chosen ] ) ) {
			$attributes .= sprintf( ' %s="%s"', $name, esc_attr( $chosen ) );
		}
	}
	return sprintf( '<div %s><portico-portal%s>%s</portico-portal></div>', $wrapper, $attributes, $link );
}

/**
 * What stands there until the settings are complete: a hint for those who can complete them.
 *
 * @return string
 */
function portico_unfinished() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return '';
	}
	return sprintf(
		'<p class="portico-unfinished">%s <a href="%s">%s</a></p>',
		esc_html__( 'The client portal needs your Portico address and studio name. Only you see this note.', 'portico' ),
		esc_url( admin_url( 'options-general.php?page=portico' ) ),
		esc_html__( 'Settings → Portico', 'portico' )
	);
}

/**
 * The short code: [portico], or with studio="…" theme="…" start="…" label="…".
 *
 * @param array<string, string>|string $attributes As typed.
 * @return string
 */
function portico_shortcode( $attributes ) {
	return portico_html( is_array( $attributes ) ? $attributes : array() );
}

/**
 * The block.
 *
 * @param array<string, mixed> $attributes From the editor's sidebar.
 * @return string
 */
function portico_block( $attributes ) {
	return portico_html( $attributes, get_block_wrapper_attributes( array( 'style' => PORTICO_ROOM ) ) );
}

/**
 * Makes known the texts, the short code, the block and the two scripts.
 */
function portico_init() {
	load_plugin_textdomain( 'portico', false, 'portico/languages' );
	$options = portico_options();
	if ( '' !== $options['host'] ) {
		// No version: the host's answer names the files of its build itself.
		wp_register_script( 'portico-embed', $options['host'] . '/embed.js', array(), null, array( 'strategy' => 'async' ) ); // phpcs:ignore WordPress.WP.EnqueuedResourceParameters.MissingVersion
	}

	$needs = array( 'wp-block-editor', 'wp-blocks', 'wp-components', 'wp-element', 'wp-i18n' );
	wp_register_script( 'portico-block', plugins_url( 'block/block.js', __FILE__ ), $needs, PORTICO_VERSION, true );
	wp_set_script_translations( 'portico-block', 'portico', plugin_dir_path( __FILE__ ) . 'languages' );

	add_shortcode( 'portico', 'portico_shortcode' );
	register_block_type( __DIR__ . '/block', array( 'render_callback' => 'portico_block' ) );
}
add_action( 'init', 'portico_init' );

/**
 * Tells the block what is set, only where the editor is open.
 */
function portico_editor() {
	$options             = portico_options();
	$options['settings'] = current_user_can( 'manage_options' ) ? admin_url( 'options-general.php?page=portico' ) : '';
	$options['choices']  = portico_choices();
	wp_add_inline_script( 'portico-block', 'window.porticoBlock = ' . wp_json_encode( $options ) . ';', 'before' );
}
add_action( 'enqueue_block_editor_assets', 'portico_editor' );

/**
 * The script's tag: async also before WordPress 6.3, and left alone by tools that bundle, delay
 * or rewrite scripts (Cloudflare, LiteSpeed, Autoptimize, WP Rocket). The portal survives those
 * too, but the visitor would wait longer for the sign-in.
 *
 * @param string $tag    The whole tag.
 * @param string $handle Whose.
 * @return string
 */
function portico_script_tag( $tag, $handle ) {
	if ( 'portico-embed' !== $handle || ! preg_match( '/<script\b[^>]*\ssrc=/', $tag, $found ) ) {
		return $tag;
	}
	$more = ' data-cfasync="false" data-no-optimize="1" data-noptimize="1" nowprocket';
	if ( ! preg_match( '/\sasync\b/', $tag ) ) {
		$more = ' async' . $more;
	}
	return str_replace( $found[0], substr( $found[0], 0, -5 ) . $more . ' src=', $tag );
}
add_filter( 'script_loader_tag', 'portico_script_tag', 10, 2 );

/*
 * Settings → Portico
 */

/**
 * The option with its rules, and the fields of the page.
 */
function portico_admin_init() {
	register_setting(
		'portico',
		PORTICO_OPTION,
		array(
			'type'              => 'object',
			'sanitize_callback' => 'portico_sanitize',
			'show_in_rest'      => false,
		)
	);
	$choices = portico_choices();
	add_settings_section( 'portico_place', __( 'Your portal', 'portico' ), '__return_null', 'portico' );
	add_settings_section( 'portico_defaults', __( 'Unless a page says otherwise', 'portico' ), '__return_null', 'portico' );
	$fields = array(
		'host'   => array( 'portico_place', __( 'Portico address', 'portico' ), __( 'Where your Portico runs, such as https://portal.example.com', 'portico' ) ),
		'studio' => array( 'portico_place', __( 'Studio name', 'portico' ), __( 'The word after that address, as the snippet in your Portico settings has it.', 'portico' ) ),
		'theme'  => array( 'portico_defaults', __( 'Light or dark', 'portico' ), '', $choices['theme'] ),
		'start'  => array( 'portico_defaults', __( 'Visitors first see', 'portico' ), '', $choices['start'] ),
		'label'  => array( 'portico_defaults', __( 'Words of the plain link', 'portico' ), __( 'It stands there where scripts are switched off. Empty: My Account.', 'portico' ) ),
	);
	foreach ( $fields as $name => $field ) {
		$about = array(
			'label_for' => 'portico-' . $name,
			'name'      => $name,
			'help'      => $field[2],
			'choices'   => isset( $field[3] ) ? $field[3] : null,
		);
		add_settings_field( 'portico-' . $name, $field[1], 'portico_field', 'portico', $field[0], $about );
	}
}
add_action( 'admin_init', 'portico_admin_init' );

/**
 * What comes from the form becomes what is stored. A value that cannot be right is said, and the
 * one before it stays.
 *
 * @param mixed $typed The form's fields.
 * @return array<string, string>
 */
function portico_sanitize( $typed ) {
	$kept  = portico_options();
	$typed = is_array( $typed ) ? $typed : array();
	$text  = static function ( $name ) use ( $typed ) {
		return isset( $typed[ $name ] ) && is_string( $typed[ $name ] ) ? sanitize_text_field( $typed[ $name ] ) : '';
	};

	$host = portico_host( $text( 'host' ) );
	if ( null === $host ) {
		add_settings_error( PORTICO_OPTION, 'host', __( 'The Portico address has to look like https://portal.example.com. The one before it was kept.', 'portico' ) );
	} else {
		$kept['host'] = $host;
	}
	$studio = strtolower( $text( 'studio' ) );
	if ( '' !== $studio && ! preg_match( PORTICO_STUDIO, $studio ) ) {
		add_settings_error( PORTICO_OPTION, 'studio', __( 'The studio name has 2 to 40 small letters, digits and single dashes. The one before it was kept.', 'portico' ) );
	} else {
		$kept['studio'] = $studio;
	}
	foreach ( portico_choices() as $name => $choices ) {
		$kept[ $name ] = isset( $choices[ $text( $name ) ] ) ? $text( $name ) : 'auto';
	}
	$kept['label'] = $text( 'label' );
	return $kept;
}

/**
 * The origin of what was typed: https, or http on this very machine, and nothing after the port.
 *
 * @param string $typed The host's address, with or without a path.
 * @return string|null Null where it is none.
 */
function portico_host( $typed ) {
	if ( '' === $typed ) {
		return '';
	}
	if ( ! preg_match( '#^[a-z][a-z0-9+.-]*://#i', $typed ) ) {
		$typed = 'https://' . $typed;
	}
	$parts = wp_parse_url( $typed );
	if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['user'] ) ) {
		return null;
	}
	$name   = strtolower( $parts['host'] );
	$scheme = strtolower( $parts['scheme'] );
	$here   = in_array( $name, array( 'localhost', '127.0.0.1', '[::1]' ), true );
	$named  = $here || preg_match( '/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9]$/D', $name );
	if ( ! $named || ! ( 'https' === $scheme || ( 'http' === $scheme && $here ) ) ) {
		return null;
	}
	return $scheme . '://' . $name . ( isset( $parts['port'] ) ? ':' . (int) $parts['port'] : '' );
}

/**
 * One field of the page.
 *
 * @param array<string, mixed> $about Name, help and choices.
 */
function portico_field( $about ) {
	$options = portico_options();
	$id      = 'portico-' . $about['name'];
	$name    = PORTICO_OPTION . '[' . $about['name'] . ']';
	$value   = $options[ $about['name'] ];
	if ( $about['choices'] ) {
		printf( '<select id="%s" name="%s">', esc_attr( $id ), esc_attr( $name ) );
		foreach ( $about['choices'] as $choice => $words ) {
			printf( '<option value="%s"%s>%s</option>', esc_attr( $choice ), selected( $value, $choice, false ), esc_html( $words ) );
		}
		echo '</select>';
		return;
	}
	$help = $about['help'] ? $id . '-help' : '';
	printf(
		'<input class="regular-text%s" type="text" id="%s" name="%s" value="%s" aria-describedby="%s" spellcheck="false" autocapitalize="none">',
		'label' === $about['name'] ? '' : ' code',
		esc_attr( $id ),
		esc_attr( $name ),
		esc_attr( $value ),
		esc_attr( $help )
	);
	if ( $help ) {
		printf( '<p class="description" id="%s">%s</p>', esc_attr( $help ), esc_html( $about['help'] ) );
	}
}

/**
 * The page's place in the menu.
 */
function portico_menu() {
	add_options_page( __( 'Portico client portal', 'portico' ), __( 'Portico', 'portico' ), 'manage_options', 'portico', 'portico_page' );
}
add_action( 'admin_menu', 'portico_menu' );

/**
 * A way to it from the list of plugins.
 *
 * @param string[] $links The plugin's links there.
 * @return string[]
 */
function portico_plugin_links( $links ) {
	$link = sprintf( '<a href="%s">%s</a>', esc_url( admin_url( 'options-general.php?page=portico' ) ), esc_html__( 'Settings', 'portico' ) );
	array_unshift( $links, $link );
	return $links;
}
add_filter( 'plugin_action_links_' . plugin_basename( __FILE__ ), 'portico_plugin_links' );

/**
 * The page, with the portal itself at its end: what works there works on the site.
 */
function portico_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$options  = portico_options();
	$complete = '' !== $options['host'] && '' !== $options['studio'];
	$parts    = wp_parse_url( home_url() );
	$origin   = $parts['scheme'] . '://' . $parts['host'] . ( isset( $parts['port'] ) ? ':' . $parts['port'] : '' );
	?>
	<div class="wrap">
		<h1><?php echo esc_html( get_admin_page_title() ); ?></h1>
		<form action="options.php" method="post">
			<?php
			settings_fields( 'portico' );
			do_settings_sections( 'portico' );
			submit_button();
			?>
		</form>
		<h2><?php esc_html_e( 'Put it on a page', 'portico' ); ?></h2>
		<p>
			<?php
			printf(
				/* translators: 1: the block's name, 2: the short code */
				esc_html__( 'In the editor, add the block “%1$s”. Elsewhere, type the short code %2$s.', 'portico' ),
				esc_html__( 'Client portal', 'portico' ),
				'<code>[portico]</code>'
			);
			?>
		</p>
		<h2><?php esc_html_e( 'Test', 'portico' ); ?></h2>
		<?php if ( $complete ) : ?>
			<p>
				<?php
				printf(
					/* translators: %s: the address of this website */
					esc_html__( 'Below is the portal as your visitors get it. Where your name and logo are missing from it, Portico does not know this website yet: add %s there, under Website → Your websites.', 'portico' ),
					'<code>' . esc_html( $origin ) . '</code>'
				);
				?>
			</p>
			<p><a href="<?php echo esc_url( $options['host'] . '/' . $options['studio'] . '/login' ); ?>"><?php esc_html_e( 'Open the portal’s own page', 'portico' ); ?></a></p>
			<?php
			// Built from escaped parts; no filter for posts knows its element.
			echo portico_html( array() ); // phpcs:ignore WordPress.Security.EscapeOutput.OutputNotEscaped
			?>
		<?php else : ?>
			<p><?php esc_html_e( 'Save the address and the studio name, and the portal shows here.', 'portico' ); ?></p>
		<?php endif; ?>
	</div>
	<?php
}

/**
 * The block in the editor: the portal itself as preview, its options in the sidebar. What visitors
 * get is made by portico_block() in portico.php.
 */
( function ( blocks, blockEditor, components, element, i18n ) {
	'use strict';

	const el = element.createElement;
	const __ = i18n.__;
	const site = window.porticoBlock || { choices: {} };

	/** The editor may stand in a frame of its own, which needs the script for itself. */
	function load( document ) {
		const address = site.host + '/embed.js';
		const there = Array.from( document.scripts ).some( function ( script ) {
			return script.src === address;
		} );
		if ( there ) {
			return;
		}
		const script = document.createElement( 'script' );
		script.async = true;
		script.src = address;
		document.head.append( script );
	}

	function Preview( { studio, theme, start, label } ) {
		const place = element.useRef();
		element.useEffect( function () {
			// A preview is for looking at: a click on it selects the block.
			place.current.inert = true;
			load( place.current.ownerDocument );
		}, [] );
		const attributes = { studio, key: [ studio, theme, start ].join() };
		if ( theme !== 'auto' ) {
			attributes.theme = theme;
		}
		if ( start !== 'auto' ) {
			attributes.start = start;
		}
		// The portal reads its attributes once, so that other ones make it anew.
		return el(
			'div',
			{ ref: place, style: { minHeight: '530px' } },
			el( 'portico-portal', attributes, el( 'a', { href: site.host + '/' + studio + '/login' }, label ) )
		);
	}

	function Unfinished() {
		return el(
			components.Placeholder,
			{
				icon: 'id-alt',
				label: __( 'Client portal', 'portico' ),
				instructions: __( 'Your Portico address and studio name are not set yet.', 'portico' ),
			},
			site.settings
				? el( components.Button, { variant: 'primary', href: site.settings, target: '_blank' }, __( 'Open the settings', 'portico' ) )
				: __( 'Somebody who looks after this website can set them under Settings → Portico.', 'portico' )
		);
	}

	function Edit( { attributes, setAttributes } ) {
		const value = function ( name ) {
			return attributes[ name ] || site[ name ] || '';
		};
		const set = function ( name ) {
			return function ( chosen ) {
				setAttributes( { [ name ]: chosen } );
			};
		};
		const choose = function ( name, label ) {
			const choices = site.choices[ name ] || {};
			const options = Object.keys( choices ).map( function ( choice ) {
				return { value: choice, label: choices[ choice ] };
			} );
			options.unshift( { value: '', label: __( 'As in Settings → Portico', 'portico' ) } );
			return el( components.SelectControl, { label, options, value: attributes[ name ], onChange: set( name ) } );
		};
		const studio = value( 'studio' ).toLowerCase();
		const complete = site.host && /^(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*$/.test( studio );
		return el(
			'div',
			blockEditor.useBlockProps(),
			el(
				blockEditor.InspectorControls,
				null,
				el(
					components.PanelBody,
					{ title: __( 'Portal', 'portico' ) },
					choose( 'theme', __( 'Light or dark', 'portico' ) ),
					choose( 'start', __( 'Visitors first see', 'portico' ) ),
					el( components.TextControl, {
						label: __( 'Words of the plain link', 'portico' ),
						help: __( 'It stands there where scripts are switched off.', 'portico' ),
						placeholder: site.label || __( 'My Account', 'portico' ),
						value: attributes.label,
						onChange: set( 'label' ),
					} ),
					el( components.TextControl, {
						label: __( 'Studio name', 'portico' ),
						help: __( 'Only where this page is for another studio than the rest of the website.', 'portico' ),
						placeholder: site.studio,
						value: attributes.studio,
						onChange: set( 'studio' ),
					} )
				)
			),
			complete
				? el( Preview, {
						studio,
						theme: value( 'theme' ),
						start: value( 'start' ),
						label: value( 'label' ) || __( 'My Account', 'portico' ),
				  } )
				: el( Unfinished )
		);
	}

	blocks.registerBlockType( 'portico/portal', {
		edit: Edit,
		save: function () {
			return null;
		},
	} );
} )( window.wp.blocks, window.wp.blockEditor, window.wp.components, window.wp.element, window.wp.i18n );

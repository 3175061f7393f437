#!/bin/sh
# Writes portico/languages/portico.pot: what there is to translate, of the code, of the block and of the plugin's head.
# Needs gettext and php. The same bytes for the same texts.
set -eu
cd "$(dirname "$0")/portico"
made=$(mktemp -d)
trap 'rm -r "$made"' EXIT

# WordPress translates these with the contexts it gives them itself.
php -r '
$block = json_decode( file_get_contents( "block/block.json" ), true );
$texts = array( array( $block["title"], "block title" ), array( $block["description"], "block description" ) );
foreach ( $block["keywords"] as $keyword ) {
	$texts[] = array( $keyword, "block keyword" );
}
echo "<?php\n";
foreach ( $texts as $text ) {
	printf( "_x( %s, %s );\n", var_export( $text[0], true ), var_export( $text[1], true ) );
}
' >"$made/block.json.php"
php -r '
echo "<?php\n";
foreach ( array( "Plugin Name", "Description", "Author" ) as $head ) {
	preg_match( "/^ \* $head:\s+(.+)$/m", file_get_contents( "portico.php" ), $found );
	printf( "/* translators: %s of the plugin */\n__( %s );\n", $head, var_export( $found[1], true ) );
}
' >"$made/head.php"

version=$(sed -n "s/^const PORTICO_VERSION = '\(.*\)';/\1/p" portico.php)
extract() {
	xgettext --from-code=UTF-8 --no-wrap --add-comments=translators --foreign-user \
		--package-name='Portico Client Portal' --package-version="$version" \
		--keyword --keyword=__:1 --keyword=_e:1 --keyword=_x:1,2c --keyword=_ex:1,2c \
		--keyword=_n:1,2 --keyword=_nx:1,2,4c --keyword=_n_noop:1,2 --keyword=_nx_noop:1,2,3c \
		--keyword=esc_html__:1 --keyword=esc_html_e:1 --keyword=esc_html_x:1,2c \
		--keyword=esc_attr__:1 --keyword=esc_attr_e:1 --keyword=esc_attr_x:1,2c "$@"
}
extract --language=PHP --output="$made/php.pot" portico.php
extract --language=JavaScript --output="$made/js.pot" block/block.js
(cd "$made" && extract --language=PHP --no-location --output=other.pot head.php block.json.php)
msgcat --no-wrap --use-first --output-file="$made/all.pot" "$made/php.pot" "$made/js.pot" "$made/other.pot"
sed -e '/^"POT-Creation-Date:/d' -e 's/^"Language: \\n"$/"Language: \\n"\n"X-Domain: portico\\n"/' \
	-e '/^# FIRST AUTHOR/d' -e '/^# This file is put/d' -e '/^#, fuzzy$/d' \
	-e 's/^# SOME DESCRIPTIVE TITLE\.$/# Texts of the Portico Client Portal, under the licence of the plugin./' \
	-e 's/charset=CHARSET/charset=UTF-8/' "$made/all.pot" >languages/portico.pot
msgfmt --check-format --output-file=/dev/null languages/portico.pot

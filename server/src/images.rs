//! Pictures people upload, made again from their pixels: whatever else the file carried (place, camera,
//! scripts) stays behind, and what we show is of a size we chose.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, imageops::FilterType,
};

use crate::{Result, error::Error};

/// A picture of a telephone has fifty million pixels; more is a trap for the decoder.
const MOST_SIDE: u32 = 12_000;
const MOST_DECODED_BYTES: u64 = 256 * 1024 * 1024;

/// What [`png_within`] and [`jpeg_within`] read, by its media type.
pub fn is_picture(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/webp")
}

/// The picture as PNG, at most `width` by `height` pixels, upright. Takes a processor for a while: call it
/// where blocking is fine.
///
/// # Errors
/// A refusal at `field` where it is no PNG, JPEG or WebP, or one that cannot be read.
pub fn png_within(content: &[u8], width: u32, height: u32, field: &'static str) -> Result<Vec<u8>> {
    let mut png = Cursor::new(Vec::new());
    within(content, width, height, field)?
        .into_rgba8()
        .write_to(&mut png, ImageFormat::Png)
        .map_err(Error::internal)?;
    Ok(png.into_inner())
}

/// As [`png_within`], as JPEG: what is seen through is white.
pub fn jpeg_within(content: &[u8], side: u32) -> Result<Vec<u8>> {
    let picture = within(content, side, side, "file")?.into_rgba8();
    let (width, height) = picture.dimensions();
    let mut ground = image::RgbaImage::from_pixel(width, height, image::Rgba([255; 4]));
    image::imageops::overlay(&mut ground, &picture, 0, 0);
    let mut jpeg = Cursor::new(Vec::new());
    image::DynamicImage::ImageRgba8(ground)
        .into_rgb8()
        .write_to(&mut jpeg, ImageFormat::Jpeg)
        .map_err(Error::internal)?;
    Ok(jpeg.into_inner())
}

fn within(content: &[u8], width: u32, height: u32, field: &'static str) -> Result<DynamicImage> {
    let refused = |text: &'static str| Error::invalid(field, text);
    let mut reader = ImageReader::new(Cursor::new(content))
        .with_guessed_format()
        .map_err(Error::internal)?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)
    ) {
        return Err(refused("Please choose a picture: PNG, JPEG or WebP."));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_DECODED_BYTES);
    reader.limits(limits);
    let unreadable =
        |_| refused("This picture cannot be read. Please save it again and try once more.");
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    if picture.width() > width || picture.height() > height {
        picture = picture.resize(width, height, FilterType::Lanczos3);
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut made = Cursor::new(Vec::new());
        image::RgbImage::from_pixel(width, height, image::Rgb([122, 62, 88]))
            .write_to(&mut made, ImageFormat::Jpeg)
            .unwrap();
        made.into_inner()
    }

    #[test]
    fn a_picture_is_made_smaller_and_keeps_its_shape() {
        let made = png_within(&jpeg(1200, 300), 600, 240, "logo").unwrap();
        let read = image::load_from_memory_with_format(&made, ImageFormat::Png).unwrap();
        assert_eq!((read.width(), read.height()), (600, 150));
        let small = png_within(&jpeg(20, 10), 600, 240, "logo").unwrap();
        assert_eq!(image::load_from_memory(&small).unwrap().width(), 20);
    }

    #[test]
    fn a_small_copy_is_a_jpeg_on_white() {
        let mut made = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(800, 400, image::Rgba([0; 4]))
            .write_to(&mut made, ImageFormat::Png)
            .unwrap();
        let small = jpeg_within(&made.into_inner(), 480).unwrap();
        let read = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
        assert_eq!((read.width(), read.height()), (480, 240));
        assert!(
            read.into_rgb8()
                .get_pixel(9, 9)
                .0
                .iter()
                .all(|part| *part > 250)
        );
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_is_called() {
        let cut = &jpeg(400, 400)[..300];
        let bomb = {
            // A PNG's head that claims a hundred thousand pixels a side.
            let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            png.extend([
                0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0, 8, 6, 0, 0, 0, 0, 0, 0, 0,
            ]);
            png
        };
        for content in [
            b"<svg onload=alert(1)>".as_slice(),
            b"GIF89a",
            b"",
            cut,
            &bomb,
        ] {
            assert!(png_within(content, 600, 240, "logo").is_err());
        }
    }
}

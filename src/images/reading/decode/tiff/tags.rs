//! Numbers of the entries of a TIFF directory that are read.
//!
//! Sources: Aldus Corporation, *TIFF, revision 6.0*, 1992; libtiff's `tiff.h`; the notes of the writers.

pub(super) const KIND_OF_PAGE: u16 = 254;
pub(super) const OLD_KIND_OF_PAGE: u16 = 255;
pub(super) const WIDTH: u16 = 256;
pub(super) const HEIGHT: u16 = 257;
pub(super) const BITS: u16 = 258;
pub(super) const COMPRESSION: u16 = 259;
pub(super) const PHOTOMETRIC: u16 = 262;
pub(super) const FILL_ORDER: u16 = 266;
pub(super) const DESCRIPTION: u16 = 270;
pub(super) const STRIP_OFFSETS: u16 = 273;
pub(super) const ORIENTATION: u16 = 274;
pub(super) const SAMPLES: u16 = 277;
pub(super) const ROWS_PER_STRIP: u16 = 278;
pub(super) const STRIP_BYTES: u16 = 279;
pub(super) const PLANAR: u16 = 284;
pub(super) const GROUP_3_OPTIONS: u16 = 292;
pub(super) const PREDICTOR: u16 = 317;
pub(super) const COLOUR_MAP: u16 = 320;
pub(super) const TILE_WIDTH: u16 = 322;
pub(super) const TILE_HEIGHT: u16 = 323;
pub(super) const TILE_OFFSETS: u16 = 324;
pub(super) const TILE_BYTES: u16 = 325;
pub(super) const SUB_PAGES: u16 = 330;
pub(super) const INK_SET: u16 = 332;
pub(super) const EXTRA_SAMPLES: u16 = 338;
pub(super) const NUMBER_KIND: u16 = 339;
pub(super) const JPEG_TABLES: u16 = 347;
pub(super) const YCBCR_COEFFICIENTS: u16 = 529;
pub(super) const YCBCR_SUBSAMPLING: u16 = 530;
pub(super) const REFERENCE_BLACK_WHITE: u16 = 532;
/// Planes of a volume in one page, by SGI.
pub(super) const DEPTH: u16 = 32997;
/// A table with an entry per plane of a stack, by `MetaMorph`.
pub(super) const METAMORPH_PLANES: u16 = 33629;
/// The value of pixels without data, as text, by GDAL.
pub(super) const NO_DATA: u16 = 42113;

/// All of them; other entries are not kept.
pub(super) const READ: [u16; 33] = [
    KIND_OF_PAGE,
    OLD_KIND_OF_PAGE,
    WIDTH,
    HEIGHT,
    BITS,
    COMPRESSION,
    PHOTOMETRIC,
    FILL_ORDER,
    DESCRIPTION,
    STRIP_OFFSETS,
    ORIENTATION,
    SAMPLES,
    ROWS_PER_STRIP,
    STRIP_BYTES,
    PLANAR,
    GROUP_3_OPTIONS,
    PREDICTOR,
    COLOUR_MAP,
    TILE_WIDTH,
    TILE_HEIGHT,
    TILE_OFFSETS,
    TILE_BYTES,
    SUB_PAGES,
    INK_SET,
    EXTRA_SAMPLES,
    NUMBER_KIND,
    JPEG_TABLES,
    YCBCR_COEFFICIENTS,
    YCBCR_SUBSAMPLING,
    REFERENCE_BLACK_WHITE,
    DEPTH,
    METAMORPH_PLANES,
    NO_DATA,
];

//! The pixel matrix minus its mean row: its Gram matrix, and its products with vectors.

use faer::Mat;

use super::change::Change;
use super::mean_row::MeanRow;
use crate::blocks;
use crate::communicator::{Communicator, Partition, ordered_sum};
use crate::kernel::{
    CutPixels, Factor, GramTiles, Lanes, Orientation, PanelMatrix, Selection, WIDTH,
};
use crate::memory;

/// The largest side whose Gram matrix is formed; beyond it, only products with X are.
const MAX_GRAM_SIZE: usize = memory::LARGEST_GRAM as usize;

/// X, minus a mean row once [`CentredMatrix::centre`] was called.
pub(super) struct CentredMatrix<'a> {
    pub(super) images: Partition<'a>,
    /// The orientation whose rows are the smaller side.
    pub(super) near: Orientation,
    pub(super) near_side: NearSide,
    far_side: FarSide<'a>,
    mean: Option<MeanRow>,
}

/// What is kept of the smaller side.
pub(super) enum NearSide {
    /// The inner products of its rows.
    Gram(Mat<f64>),
    /// Its rows, too many for a Gram matrix.
    Rows(PanelMatrix),
}

/// The rows of the larger side.
enum FarSide<'a> {
    Cut(PanelMatrix),
    /// Cut for another purpose before.
    Shared(&'a PanelMatrix),
    /// Images, cut block by block when they are multiplied: it happens once, and a copy of all of them
    /// takes longer.
    Images(Selection<'a>),
}

impl NearSide {
    /// Returns the number of rows.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Gram(gram) => gram.nrows(),
            Self::Rows(rows) => rows.rows(),
        }
    }
}

impl FarSide<'_> {
    /// Returns the number of rows.
    fn size(&self) -> usize {
        match self {
            Self::Cut(rows) => rows.rows(),
            Self::Shared(rows) => rows.rows(),
            Self::Images(selection) => selection.images.len(),
        }
    }

    /// Returns the products of all rows with a factor, panel by panel.
    fn products(&self, factor: &Factor) -> Vec<Vec<Lanes>> {
        let selection = match self {
            Self::Cut(rows) => return products(rows, factor),
            Self::Shared(rows) => return products(rows, factor),
            Self::Images(selection) => selection,
        };
        let mut all = Vec::new();
        selection.for_each_block(|block| {
            let rows = PanelMatrix::without_zero_columns(block, Orientation::ImageRows);
            all.extend(products(&rows, factor));
        });
        all
    }
}

impl<'a> CentredMatrix<'a> {
    /// Forms the Gram matrix of the smaller side, or copies the selection into panels if that side is too
    /// long. `cut` has the panels of the selection if they were cut before.
    pub(super) fn new(
        selection: Selection<'a>,
        cut: Option<CutPixels<'a>>,
        images: Partition<'a>,
    ) -> Self {
        let size = match smaller_side(&selection, images) {
            Orientation::ImageRows => images.own,
            Orientation::PixelRows => selection.pixels.len(),
        };
        if size <= MAX_GRAM_SIZE {
            Self::with_gram(selection, cut, images)
        } else {
            Self::with_rows(&selection, images)
        }
    }

    /// Forms the Gram matrix of the smaller side.
    pub(super) fn with_gram(
        selection: Selection<'a>,
        cut: Option<CutPixels<'a>>,
        images: Partition<'a>,
    ) -> Self {
        let near = smaller_side(&selection, images);
        let (gram, far_side) = match (near, cut) {
            (Orientation::ImageRows, None) => (
                gram_of_images(&PanelMatrix::new(&selection, Orientation::ImageRows)),
                FarSide::Cut(PanelMatrix::without_zero_columns(
                    &selection,
                    Orientation::PixelRows,
                )),
            ),
            (Orientation::ImageRows, Some(cut)) => {
                (gram_of_images(cut.by_image), FarSide::Shared(cut.by_pixel))
            }
            (Orientation::PixelRows, None) => (
                gram_of_pixels(&selection, None, images.communicator),
                FarSide::Images(selection),
            ),
            (Orientation::PixelRows, Some(cut)) => (
                gram_of_pixels(&selection, Some(cut.by_pixel), images.communicator),
                FarSide::Shared(cut.by_image),
            ),
        };
        Self {
            images,
            near,
            near_side: NearSide::Gram(gram),
            far_side,
            mean: None,
        }
    }

    /// Copies the selection into panels of both sides.
    pub(super) fn with_rows(selection: &Selection, images: Partition<'a>) -> Self {
        let near = smaller_side(selection, images);
        let far = match near {
            Orientation::ImageRows => Orientation::PixelRows,
            Orientation::PixelRows => Orientation::ImageRows,
        };
        Self {
            images,
            near,
            near_side: NearSide::Rows(PanelMatrix::new(selection, near)),
            far_side: FarSide::Cut(PanelMatrix::without_zero_columns(selection, far)),
            mean: None,
        }
    }

    /// Subtracts a mean row from now on, that of each selected pixel over the images of all ranks. Returns the change of the
    /// Gram matrix that undoes it, if there is such a matrix.
    pub(super) fn centre(&mut self, mean: MeanRow) -> Option<Change> {
        let change = match &mut self.near_side {
            NearSide::Rows(_) => None,
            NearSide::Gram(gram) => Some(match self.near {
                Orientation::ImageRows => centre_both_sides(gram, &mean),
                Orientation::PixelRows => {
                    let images = mean.squared_multiples(self.images.all);
                    subtract_outer(gram, &mean.values, images)
                }
            }),
        };
        self.mean = Some(mean);
        change
    }

    /// Returns the mean row, of values as in memory, if it is subtracted once from each image.
    pub(super) fn mean(&self) -> Option<&[f64]> {
        let mean = self.mean.as_ref();
        let once = mean.filter(|mean| mean.multiples.is_none());
        once.map(|mean| &mean.values[..])
    }

    /// Returns the products with vectors over the smaller side: vectors over the larger one.
    pub(super) fn to_far(&self, near: &Mat<f64>) -> CentredProducts<'_> {
        let products = ProductsOfX {
            sums: self.far_side.products(&factor_of(near)),
            rows: self.far_side.size(),
            rows_are_images: self.near == Orientation::PixelRows,
        };
        self.centred(products, near)
    }

    /// Returns the products of the rows of the smaller side with vectors over the larger one: vectors over
    /// the smaller one.
    pub(super) fn to_near(&self, rows: &PanelMatrix, far: &Mat<f64>) -> CentredProducts<'_> {
        let products = ProductsOfX {
            sums: products(rows, &factor_of(far)),
            rows: rows.rows(),
            rows_are_images: self.near == Orientation::ImageRows,
        };
        self.centred(products, far)
    }

    /// Subtracts the contribution of the mean row from products of X with `vectors`.
    fn centred(&self, of_x: ProductsOfX, vectors: &Mat<f64>) -> CentredProducts<'_> {
        let mean = self.mean.as_ref();
        let mut products = CentredProducts {
            sums: of_x.sums,
            mean_products: mean_products(vectors, mean, of_x.rows_are_images),
            factors: mean.and_then(|mean| {
                if of_x.rows_are_images {
                    mean.multiples.as_deref()
                } else {
                    Some(&mean.values)
                }
            }),
            rows: of_x.rows,
            rank: vectors.ncols(),
        };
        if !of_x.rows_are_images {
            products.sum_over_ranks(self.images.communicator);
        }
        products
    }
}

/// Products of X with vectors.
struct ProductsOfX {
    /// Panel by panel.
    sums: Vec<Vec<Lanes>>,
    rows: usize,
    rows_are_images: bool,
}

/// Returns the orientation whose rows are the smaller side; pixels, if images are distributed over ranks.
fn smaller_side(selection: &Selection, images: Partition) -> Orientation {
    if images.communicator.size() == 1 && images.own <= selection.pixels.len() {
        Orientation::ImageRows
    } else {
        Orientation::PixelRows
    }
}

/// Returns the inner products of all images.
fn gram_of_images(rows: &PanelMatrix) -> Mat<f64> {
    let mut tiles = GramTiles::zeros(rows.rows());
    tiles.add(rows);
    Mat::from_fn(rows.rows(), rows.rows(), |a, b| tiles.at(a, b))
}

/// Returns the inner products of all selected pixels over the images of all ranks. Panels in a file, which would be read
/// once for each pair of them, are cut again, block by block.
fn gram_of_pixels(
    selection: &Selection,
    cut: Option<&PanelMatrix>,
    communicator: &dyn Communicator,
) -> Mat<f64> {
    let size = selection.pixels.len();
    let mut tiles = GramTiles::zeros(size);
    match cut.filter(|rows| !rows.is_on_disk()) {
        Some(rows) => tiles.add(rows),
        None => selection
            .for_each_block(|block| tiles.add(&PanelMatrix::new(block, Orientation::PixelRows))),
    }
    let gram = Mat::from_fn(size, size, |a, b| tiles.at(a, b));
    if communicator.size() == 1 {
        return gram;
    }
    let own: Vec<f64> = gram
        .col_iter()
        .flat_map(|column| column.iter().copied())
        .collect();
    let all = ordered_sum(communicator, own.len(), &[own]);
    Mat::from_fn(size, size, |a, b| all[b * size + a])
}

/// Returns vectors as a factor.
fn factor_of(vectors: &Mat<f64>) -> Factor {
    let mut factor = Factor::zeros(vectors.ncols(), &vec![1.0; vectors.nrows()]);
    factor.fill(|row, part| vectors[(row, part)] as f32);
    factor.pack_and_gram();
    factor
}

/// Returns the products of rows with a factor, panel by panel.
fn products(rows: &PanelMatrix, factor: &Factor) -> Vec<Vec<Lanes>> {
    blocks::map_range(rows.len(), |index| {
        let mut sums = vec![Lanes::ZERO; factor.rank()];
        rows.add_products(index, &factor.panels, factor.rank(), &mut sums);
        sums
    })
}

/// Returns the products of the mean row with each of the vectors over pixels; of the column of its multiples, which are
/// usually 1, with each of the vectors over images.
fn mean_products(vectors: &Mat<f64>, mean: Option<&MeanRow>, rows_are_images: bool) -> Vec<f64> {
    let mut products = vec![0.0; vectors.ncols()];
    let Some(mean) = mean else {
        return products;
    };
    for (product, column) in products.iter_mut().zip(vectors.col_iter()) {
        let values = column.iter().map(|&value| round_to_f32(value));
        *product = if rows_are_images {
            let pairs = values.zip(&mean.values);
            pairs.map(|(value, mean)| value * mean).sum()
        } else {
            let pairs = values.enumerate();
            pairs
                .map(|(image, value)| value * mean.multiple(image))
                .sum()
        };
    }
    products
}

/// Rounds a value as the kernel does, so that the contribution of the mean cancels exactly.
fn round_to_f32(value: f64) -> f64 {
    f64::from(value as f32)
}

/// Products of X minus its mean row with vectors, (rows, rank).
pub(super) struct CentredProducts<'a> {
    /// Products of X, panel by panel.
    sums: Vec<Vec<Lanes>>,
    /// The contribution of the mean row to each product, which the factor of each row multiplies.
    mean_products: Vec<f64>,
    /// The mean row if rows are pixels, its multiples if they are images; `None` if all are 1.
    factors: Option<&'a [f64]>,
    pub(super) rows: usize,
    rank: usize,
}

impl CentredProducts<'_> {
    /// Returns one product.
    pub(super) fn at(&self, row: usize, l: usize) -> f64 {
        let factor = self.factors.map_or(1.0, |factors| factors[row]);
        f64::from(self.sums[row / WIDTH][l].0[row % WIDTH]) - factor * self.mean_products[l]
    }

    /// Replaces sums over the images of this rank by those over the images of all ranks.
    fn sum_over_ranks(&mut self, communicator: &dyn Communicator) {
        let own = self
            .sums
            .iter()
            .flatten()
            .flat_map(|lanes| lanes.0)
            .collect();
        let all = ordered_sum(communicator, self.sums.len() * self.rank * WIDTH, &[own]);
        for (lanes, all) in self.sums.iter_mut().flatten().zip(all.as_chunks().0) {
            *lanes = Lanes(*all);
        }
        let own = std::mem::take(&mut self.mean_products);
        self.mean_products = ordered_sum(communicator, self.rank, &[own]);
    }

    /// Returns all products.
    pub(super) fn to_mat(&self) -> Mat<f64> {
        Mat::from_fn(self.rows, self.rank, |row, l| self.at(row, l))
    }
}

/// Turns the Gram matrix of rows into that of the rows minus the multiples of their mean row. Returns the opposite change.
fn centre_both_sides(gram: &mut Mat<f64>, row: &MeanRow) -> Change {
    let n = gram.nrows();
    let squares = row.squared_multiples(n);
    let means: Vec<f64> = (0..n)
        .map(|j| (0..n).map(|i| row.multiple(i) * gram[(i, j)]).sum::<f64>() / squares)
        .collect();
    let products = means.iter().enumerate();
    let mean = products.map(|(i, m)| row.multiple(i) * m).sum::<f64>() / squares;
    for j in 0..n {
        for i in 0..n {
            let (of_i, of_j) = (row.multiple(i), row.multiple(j));
            gram[(i, j)] += mean * of_i * of_j - means[i] * of_j - means[j] * of_i;
        }
    }
    Change {
        directions: Mat::from_fn(n, 2, |i, l| if l == 0 { row.multiple(i) } else { means[i] }),
        core: Mat::from_fn(2, 2, |i, j| match i + j {
            0 => -mean,
            1 => 1.0,
            _ => 0.0,
        }),
    }
}

/// Turns the Gram matrix of columns into that of the columns minus their means. Returns the opposite change.
fn subtract_outer(gram: &mut Mat<f64>, mean: &[f64], images: f64) -> Change {
    for j in 0..gram.ncols() {
        for i in 0..gram.nrows() {
            gram[(i, j)] -= images * mean[i] * mean[j];
        }
    }
    Change {
        directions: Mat::from_fn(mean.len(), 1, |i, _| mean[i]),
        core: Mat::from_fn(1, 1, |_, _| images),
    }
}

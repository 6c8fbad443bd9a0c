//! Marks: filled and stroked shapes and the letters of texts, parsed from SVG once and drawn on any part of a drawing.

use std::ops::Range;

use resvg::tiny_skia::{
    FillRule, Paint, Path, PathSegment, PixmapMut, Point, Rect, Stroke, Transform,
};
use resvg::usvg;

use super::errors::failed;
use super::text;
use super::window::Window;
use crate::error::Result;

/// A shape in one colour.
pub(super) struct Mark {
    path: Path,
    form: MarkForm,
    paint: Paint<'static>,
    /// The pixels that it may change.
    area: Rect,
}

enum MarkForm {
    /// The path is in pixels of the drawing.
    Filled(FillRule),
    /// The path is to be transformed to pixels of the drawing.
    Stroked(Stroke, Transform),
}

/// Returns the marks of an SVG document, from bottom to top, in pixels of a drawing with `density` pixels per point.
pub(super) fn parsed(svg: &str, density: f32) -> Result<Vec<Mark>> {
    let tree = usvg::Tree::from_str(svg, &text::options()).map_err(failed)?;
    let mut marks = Vec::new();
    collect(
        tree.root(),
        Transform::from_scale(density, density),
        &mut marks,
    );
    Ok(marks)
}

/// Adds the marks of a group. Images are no marks; opacity is that of single shapes.
fn collect(group: &usvg::Group, transform: Transform, marks: &mut Vec<Mark>) {
    let transform = transform.pre_concat(group.transform());
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, transform, marks),
            usvg::Node::Text(text) => collect(text.flattened(), transform, marks),
            usvg::Node::Path(path) if path.is_visible() => {
                marks.extend(filled(path, transform));
                marks.extend(stroked(path, transform));
            }
            usvg::Node::Path(_) | usvg::Node::Image(_) => {}
        }
    }
}

fn filled(path: &usvg::Path, transform: Transform) -> Option<Mark> {
    let fill = path.fill()?;
    let rule = match fill.rule() {
        usvg::FillRule::NonZero => FillRule::Winding,
        usvg::FillRule::EvenOdd => FillRule::EvenOdd,
    };
    let paint = paint(fill.paint(), fill.opacity())?;
    let path = path.data().clone().transform(transform)?;
    let area = path.bounds();
    Some(Mark {
        path,
        form: MarkForm::Filled(rule),
        paint,
        area,
    })
}

fn stroked(path: &usvg::Path, transform: Transform) -> Option<Mark> {
    let stroke = path.stroke()?;
    let paint = paint(stroke.paint(), stroke.opacity())?;
    let stroke = stroke.to_tiny_skia();
    let bounds = path.data().bounds();
    // The tips of sharp corners are that far from the path at most.
    let reach = stroke.width * stroke.miter_limit.max(1.0);
    let area = bounds.outset(reach, reach)?.transform(transform)?;
    Some(Mark {
        path: path.data().clone(),
        form: MarkForm::Stroked(stroke, transform),
        paint,
        area,
    })
}

/// Returns the paint of a colour; `None` for gradients and patterns, which no drawing has.
fn paint(paint: &usvg::Paint, opacity: usvg::Opacity) -> Option<Paint<'static>> {
    let usvg::Paint::Color(colour) = paint else {
        return None;
    };
    let mut solid = Paint::default();
    solid.set_color_rgba8(colour.red, colour.green, colour.blue, opacity.to_u8());
    Some(solid)
}

impl Mark {
    /// Returns the pixels of the drawing that it may change.
    pub(super) fn area(&self) -> Rect {
        self.area
    }

    /// Returns the rows that must be drawn together for the same pixels; `None` if the mark can be cut at any row.
    pub(super) fn rows_to_keep_together(&self) -> Option<Range<usize>> {
        let is_thin = match &self.form {
            MarkForm::Filled(_) => false,
            MarkForm::Stroked(stroke, transform) => stroke.width * transform.sx <= 1.0,
        };
        let (top, bottom) = (self.area.top() - 1.0, self.area.bottom() + 1.0);
        // Negative numbers become 0.
        (is_thin || !is_upright(&self.path)).then_some(top as usize..bottom.ceil() as usize)
    }

    /// Draws what is in a window on its opaque pixels.
    pub(super) fn draw(&self, window: &mut Window<[u8; 4]>) {
        let [left, top, width] = [window.left, window.top, window.width].map(|at| at as f32);
        let height = window.pixels.len() / window.width.max(1);
        // One pixel more on each side for smoothed edges.
        let is_beside = self.area.right() + 1.0 < left
            || self.area.bottom() + 1.0 < top
            || self.area.left() - 1.0 > left + width
            || self.area.top() - 1.0 > top + height as f32;
        if is_beside {
            return;
        }
        let bytes = window.pixels.as_flattened_mut();
        let Some(mut pixels) = PixmapMut::from_bytes(bytes, window.width as u32, height as u32)
        else {
            return;
        };
        match &self.form {
            MarkForm::Filled(rule) => {
                let shift = Transform::from_translate(-left, -top);
                pixels.fill_path(&self.path, &self.paint, *rule, shift, None);
            }
            MarkForm::Stroked(stroke, transform) => {
                let transform = transform.post_translate(-left, -top);
                pixels.stroke_path(&self.path, &self.paint, stroke, transform, None);
            }
        }
    }
}

/// Returns whether all edges are horizontal or vertical.
fn is_upright(path: &Path) -> bool {
    let mut last = Point::zero();
    path.segments().all(|segment| match segment {
        PathSegment::MoveTo(to) => {
            last = to;
            true
        }
        PathSegment::LineTo(to) => {
            let from = std::mem::replace(&mut last, to);
            from.x.to_bits() == to.x.to_bits() || from.y.to_bits() == to.y.to_bits()
        }
        PathSegment::Close => true,
        PathSegment::QuadTo(..) | PathSegment::CubicTo(..) => false,
    })
}

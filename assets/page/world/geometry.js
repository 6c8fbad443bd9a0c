// The triangle of all images of three pixels whose intensities sum to 1: points are arrays of three intensities.

export const PIXELS = 3;
/** The corners, which have a single lit pixel, in the plane: an equilateral triangle with sides of length 1, y upwards. */
const CORNERS = [[0, 0], [0.5, Math.sqrt(3) / 2], [1, 0]];

/** Returns the image with its brightness divided out; null if it is black. */
export function scaledToOne(image) {
  const sum = image[0] + image[1] + image[2];
  return sum > 0 ? image.map((value) => value / sum) : null;
}

/** Returns the place [x, y] of a point in the plane. Distances are those between the images, divided by √2. */
export function planeOf(point) {
  return [0, 1].map((axis) => point.reduce((sum, value, p) => sum + value * CORNERS[p][axis], 0));
}

/** Returns the point at a place in the plane; outside the triangle at least one intensity is negative. */
export function pointAt([x, y]) {
  const second = y / CORNERS[1][1];
  const third = x - second / 2;
  return [1 - second - third, second, third];
}

/** Returns the closest point of the triangle (the projection onto the simplex). */
export function closestInside(point) {
  const falling = [...point].sort((a, b) => b - a);
  let [sum, excess] = [0, 0];
  falling.forEach((value, i) => {
    sum += value;
    const each = (sum - 1) / (i + 1);
    if (value > each) excess = each;
  });
  return point.map((value) => Math.max(0, value - excess));
}

export function moved(point, direction, by) {
  return point.map((value, p) => value + by * direction[p]);
}

/** Returns where a line leaves the triangle: the distance from a point inside, and the pixel that becomes negative there. */
export function exitOf(point, direction) {
  let exit = { at: Infinity, pixel: -1 };
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const at = direction[pixel] < 0 ? point[pixel] / -direction[pixel] : Infinity;
    if (at < exit.at) exit = { at, pixel };
  }
  return exit;
}

/**
 * Returns the mean of points and the two principal axes within the plane, the one of larger variance first: unit vectors of
 * three entries that sum to 0. The third direction, along (1, 1, 1), has no variance, since all points sum to 1.
 */
export function principalAxes(points) {
  const mean = [0, 1, 2].map((p) => points.reduce((sum, point) => sum + point[p], 0) / points.length);
  let [xx, xy, yy] = [0, 0, 0];
  for (const point of points) {
    const [x, y] = planeOf(moved(point, mean, -1));
    xx += (x * x) / points.length;
    xy += (x * y) / points.length;
    yy += (y * y) / points.length;
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  const axis = (turn, variance) => ({ direction: directionOf(turn), variance: Math.max(0, variance) });
  return { mean, axes: [axis(angle, (xx + yy) / 2 + spread), axis(angle + Math.PI / 2, (xx + yy) / 2 - spread)] };
}

/** Returns the unit vector of three entries, with sum 0, that has an angle in the plane. */
function directionOf(angle) {
  return moved(pointAt([Math.cos(angle), Math.sin(angle)]), [1, 0, 0], -1).map((value) => value / Math.SQRT2);
}

// How well weights separate labels: a twin of the library's `LabelAccuracy`. Each image is assigned to the label whose mean
// weights, of basis images of length 1, are nearest; the image itself is excluded from the mean of its own label.

/** Returns the images of labels that have two or more, and these classes with their sizes; null if there are fewer than two. */
export function comparedImages({ names, indices }) {
  const sizes = names.map((_, label) => indices.filter((other) => other === label).length);
  const classes = [...sizes.keys()].filter((label) => sizes[label] > 1);
  if (classes.length < 2) return null;
  const images = [...indices.keys()].filter((image) => sizes[indices[image]] > 1);
  const own = images.map((image) => classes.indexOf(indices[image]));
  return { images, own, classes: classes.map((label) => names[label]), sizes: classes.map((label) => sizes[label]) };
}

/** Returns the fraction of images that are nearest to the mean of their own class; one of t equally near counts as 1/t. */
export function nearestMeanAccuracy({ images, own, sizes }, { basis, weights, rank }) {
  const pixels = basis.length / rank;
  const lengths = Float64Array.from({ length: rank }, (_, l) => lengthOf(basis.subarray(l * pixels, (l + 1) * pixels)));
  const points = images.map((image) => lengths.map((length, l) => length * weights[image * rank + l]));
  const means = sizes.map(() => new Float64Array(rank));
  for (const [index, point] of points.entries()) {
    for (let l = 0; l < rank; l++) means[own[index]][l] += point[l] / sizes[own[index]];
  }
  const right = points.map((point, index) => {
    const distances = means.map((mean) => mean.reduce((sum, value, l) => sum + (value - point[l]) ** 2, 0));
    const size = sizes[own[index]];
    // Without the image, the mean of its class is farther from it by n / (n - 1).
    distances[own[index]] *= (size / (size - 1)) ** 2;
    const least = Math.min(...distances);
    return distances[own[index]] > least ? 0 : 1 / distances.filter((distance) => distance <= least).length;
  });
  return right.reduce((sum, share) => sum + share, 0) / images.length;
}

function lengthOf(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

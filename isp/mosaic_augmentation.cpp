#include "isp/mosaic_augmentation.h"

#include <cmath>

#include "models/tensor/ops.h"

namespace argent {

using tensor::concat, tensor::Generator, tensor::Tensor;

namespace {

constexpr int kRows = -2, kColumns = -1;

double draw(Generator& random, double low, double high) { return uniform(random, {}, low, high).item(); }

std::int64_t even_place(Generator& random, std::int64_t size, std::int64_t taken) {
  const std::int64_t places = (size - taken) / 2 + 1;
  return 2 * std::min(places - 1, static_cast<std::int64_t>(draw(random, 0, 1) * static_cast<double>(places)));
}

}  // namespace

Tensor flip_mosaic(const Tensor& mosaic, int axis) {
  if (mosaic.rank() < 2 || mosaic.size(axis) % 2 != 0 || mosaic.size(axis) == 0)
    throw Error("flip of a mosaic of shape " + to_text(mosaic.shape()) + ", expected even sizes");
  const Tensor mirrored = flip(mosaic, {axis});
  const std::int64_t size = mosaic.size(axis);
  return concat({mirrored.slice(axis, 1, size), mirrored.slice(axis, size - 2, size - 1)}, axis);
}

Tensor crop_mosaic(const Tensor& mosaic, std::int64_t top, std::int64_t left, std::int64_t rows, std::int64_t columns) {
  const auto fits = [](std::int64_t start, std::int64_t size, std::int64_t whole) {
    return start >= 0 && size > 0 && start % 2 == 0 && size % 2 == 0 && start <= whole && size <= whole - start;
  };
  if (mosaic.rank() < 2 || !fits(top, rows, mosaic.size(kRows)) || !fits(left, columns, mosaic.size(kColumns))) {
    throw Error("crop of " + std::to_string(rows) + "x" + std::to_string(columns) + " at " + std::to_string(top) + ", " +
                std::to_string(left) + " from a mosaic of shape " + to_text(mosaic.shape()) + ", expected even numbers within it");
  }
  return mosaic.slice(kRows, top, top + rows).slice(kColumns, left, left + columns);
}

std::vector<Tensor> augment_mosaics(std::vector<Tensor> mosaics, const MosaicAugmentation& o, Generator& random) {
  if (mosaics.empty() || mosaics[0].rank() < 2) throw Error("augmentation of no mosaics");
  const std::int64_t rows = o.rows > 0 ? o.rows : mosaics[0].size(kRows), columns = o.columns > 0 ? o.columns : mosaics[0].size(kColumns);
  const std::int64_t top = even_place(random, mosaics[0].size(kRows), rows);
  const std::int64_t left = even_place(random, mosaics[0].size(kColumns), columns);
  const bool flips_rows = draw(random, 0, 1) < o.flip_rows, flips_columns = draw(random, 0, 1) < o.flip_columns;
  const double exposure = std::exp(draw(random, std::log(o.darkest), std::log(o.brightest)));
  for (std::size_t i = 0; i < mosaics.size(); i++) {
    Tensor x = crop_mosaic(mosaics[i], top, left, rows, columns);
    if (flips_rows) x = flip_mosaic(x, kRows);
    if (flips_columns) x = flip_mosaic(x, kColumns);
    if (exposure != 1) x = x * exposure;
    if (i == 0 && (o.shot > 0 || o.read > 0)) {
      x = x + normal(random, x.shape(), 0, 1).to(x.dtype()) * sqrt(maximum(x, 0.0) * o.shot + o.read * o.read);
    }
    mosaics[i] = minimum(x, 1.0);
  }
  return mosaics;
}

}  // namespace argent

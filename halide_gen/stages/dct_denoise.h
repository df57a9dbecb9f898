// dct_denoise: of every overlapping patch of 8x8, keep the frequencies that stand out from the noise; average what the patches say.
//
// Domain: planes of roots with a known noise spectrum -> the same with less noise; threshold 0 changes nothing
// Shape:  phases(X, r, y, plane): pixel step X + r -> result(X, r, i, Y, plane): pixel (step X + r, step Y + i), i < step
// Source: Yu and Sapiro 2011, "DCT image denoising" (IPOL); weights of patches by their sparsity: Pierazzo, Morel and Facciolo 2017,
//         "Multi-Scale DCT Denoising" (IPOL), section 2.2. Own: q^2 / (q^2 + 1), q = coefficient^2 / threshold^2, instead of a hard
//         threshold (0.2 to 0.3 dB on Kodak); thresholds by frequency, because demosaicing colors the noise
#pragma once

#include <functional>

#include "Halide.h"
#include "stages/dct.h"

namespace argent::stages {

/// Each is a vector of patches wide; r: x % step, i: row or column of a patch, k: frequency across, j: down.
struct DctDenoise {
  Halide::Var X{"X"}, Y{"Y"}, plane{"plane"}, r{"r"}, i{"i"}, j{"j"}, k{"k"};
  Halide::Func columns{"columns"};            ///< (X, r, j, Y, plane)
  Halide::Func coefficients{"coefficients"};  ///< (X, k, j, Y, plane)
  Halide::Func shares{"shares"};              ///< (X, k, j, Y, plane): what is kept of them
  Halide::Func weight{"weight"};              ///< (X, Y, plane)
  Halide::Func patch{"patch"};                ///< (X, i, j, Y, plane), weighted; j = 8: the weight
  Halide::Func overlap{"overlap"};            ///< (X, r, j, Y, plane): the sum of a row's patches; j = 8: of their weights
  Halide::Func rows{"rows"};                  ///< (X, r, i, Y, plane); i = 8: weight
  Halide::Func result{"result"};
};

inline Halide::Expr chosen(Halide::Expr index, const Octet& values, const std::vector<Halide::Expr>& more = {}) {
  std::vector<Halide::Expr> all(values.begin(), values.end());
  all.insert(all.end(), more.begin(), more.end());
  return Halide::mux(index, all);
}

template <class At>
Octet octet(const At& at) {
  Octet out;
  for (int n = 0; n < 8; n++) out[static_cast<std::size_t>(n)] = at(n);
  return out;
}

/// `threshold(k, j, plane)`, 0 for the mean, times scale(X, Y) of the patch.
inline DctDenoise dct_denoise(Halide::Func phases, int step, Halide::Func threshold, Halide::Func scale) {
  using namespace Halide;
  DctDenoise d;
  const Var &X = d.X, &Y = d.Y, &p = d.plane, &r = d.r, &i = d.i, &j = d.j, &k = d.k;
  d.columns(X, r, j, Y, p) = chosen(j, dct(octet([&](int n) { return phases(X, r, step * Y + n, p); })));
  d.coefficients(X, k, j, Y, p) = chosen(k, dct(octet([&](int n) { return d.columns(X + n / step, n % step, j, Y, p); })));

  Expr c = d.coefficients(X, k, j, Y, p), t = threshold(k, j, p) * scale(X, Y), cc = c * c, tt = t * t;
  d.shares(X, k, j, Y, p) = cc * cc / (cc * cc + tt * tt + 1e-30f);
  Expr kept = 1.0f;
  for (int n = 0; n < 64; n++) kept += d.shares(X, n % 8, n / 8, Y, p) * d.shares(X, n % 8, n / 8, Y, p);
  d.weight(X, Y, p) = 1.0f / kept;

  const auto row = octet([&](int n) { return d.coefficients(X, n, min(j, 7), Y, p) * d.shares(X, n, min(j, 7), Y, p); });
  d.patch(X, i, j, Y, p) = d.weight(X, Y, p) * select(j == 8, 1.0f, chosen(i, inverse_dct(row)));

  Expr sum = 0.0f;
  for (int q = 0; q < 8 / step; q++) sum += d.patch(X - q, r + step * q, j, Y, p);
  d.overlap(X, r, j, Y, p) = sum;
  d.rows(X, r, i, Y, p) = chosen(i, inverse_dct(octet([&](int n) { return d.overlap(X, r, n, Y, p); })), {d.overlap(X, r, 8, Y, p)});

  Expr light = 0.0f, weights = 0.0f;
  for (int q = 0; q < 8 / step; q++) {
    light += d.rows(X, r, i + step * q, Y - q, p);
    weights += d.rows(X, r, 8, Y - q, p);
  }
  d.result(X, r, i, Y, p) = light / weights;
  return d;
}

}  // namespace argent::stages

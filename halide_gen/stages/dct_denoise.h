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
  Halide::Func limits{"limits"};              ///< (k, j, plane): fourth powers of the thresholds
  Halide::Func loudness{"loudness"};          ///< (X, Y): fourth power of the scale
  Halide::Func columns{"columns"};            ///< (X, r, j, Y, plane)
  Halide::Func coefficients{"coefficients"};  ///< (X, k, j, Y, plane)
  Halide::Func shares{"shares"};              ///< (X, k, j, Y, plane): what is kept of them
  Halide::Func patch{"patch"};                ///< (X, i, j, Y, plane), i across, j still a frequency; i = 8: sum of the squared shares
  Halide::Func weight{"weight"};              ///< (X, Y, plane)
  Halide::Func overlap{"overlap"};            ///< (X, r, j, Y, plane): the weighted sum of a row's patches
  Halide::Func rows{"rows"};                  ///< (X, r, i, Y, plane); i = 8: weight
  Halide::Func inverse{"inverse"};            ///< (X, Y, plane): of the weights
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

  // All of a patch's row at once: what lies between goes through registers.
  const auto fourth_power = [](Expr v) { return (v * v) * (v * v); };
  d.limits(k, j, p) = fourth_power(threshold(k, j, p));
  d.loudness(X, Y) = fourth_power(scale(X, Y));
  Expr energy = fourth_power(d.coefficients(X, k, j, Y, p));
  d.shares(X, k, j, Y, p) = energy / (d.limits(k, j, p) * d.loudness(X, Y) + (energy + 1e-30f));
  const auto share = [&](int n) { return d.shares(X, n, j, Y, p); };
  Expr kept = 0.0f;
  for (int n = 0; n < 8; n++) kept += share(n) * share(n);
  d.patch(X, i, j, Y, p) = chosen(i, inverse_dct(octet([&](int n) { return d.coefficients(X, n, j, Y, p) * share(n); })), {kept});
  Expr all_kept = 1.0f;
  for (int n = 0; n < 8; n++) all_kept += d.patch(X, 8, n, Y, p);
  d.weight(X, Y, p) = 1.0f / all_kept;

  Expr sum = 0.0f, weight = 0.0f;
  for (int q = 0; q < 8 / step; q++) {
    sum += d.weight(X - q, Y, p) * d.patch(X - q, r + step * q, j, Y, p);
    weight += d.weight(X - q, Y, p);
  }
  d.overlap(X, r, j, Y, p) = sum;
  d.rows(X, r, i, Y, p) = chosen(i, inverse_dct(octet([&](int n) { return d.overlap(X, r, n, Y, p); })), {weight});

  Expr light = 0.0f, weights = 0.0f;
  for (int q = 0; q < 8 / step; q++) {
    light += d.rows(X, r, i + step * q, Y - q, p);
    weights += d.rows(X, 0, 8, Y - q, p);
  }
  d.inverse(X, Y, p) = 1.0f / weights;
  d.result(X, r, i, Y, p) = light * d.inverse(X, Y, p);
  return d;
}

}  // namespace argent::stages

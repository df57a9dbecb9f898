#include "isp/color.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "isp/natural_light.h"
#include "isp/precise_color.h"

namespace argent {
namespace {

constexpr Chromaticity kD65{0.3127f, 0.3290f};  // IEC 61966-2-1
constexpr Chromaticity kD50{0.3457f, 0.3585f};  // ISO 3664, where DNG's iteration starts

/// Where a temperature lies in a list by rising cct: between entry `index` and the next, linear in reciprocal temperature.
struct Position {
  std::size_t index = 0, next = 0;
  double fraction = 0;
};

template <class Entry>
Position position_of(std::span<const Entry> list, double cct) {
  if (!(cct > list.front().cct)) return {};
  for (std::size_t i = 1; i < list.size(); i++) {
    if (cct < list[i].cct) {
      const double a = 1.0 / list[i - 1].cct, b = 1.0 / list[i].cct;
      return {i - 1, i, (1 / cct - a) / (b - a)};
    }
  }
  return {list.size() - 1, list.size() - 1, 0};
}

Real33 mix(const Mat3& a, const Mat3& b, double fraction) {
  Real33 out{};
  for (int i = 0; i < 9; i++) out[i] = a[i] + fraction * (static_cast<double>(b[i]) - a[i]);
  return out;
}

Real33 matrix_at(std::span<const ColorMatrix> matrices, double cct) {
  const Position p = position_of(matrices, cct);
  return mix(matrices[p.index].xyz_to_camera, matrices[p.next].xyz_to_camera, p.fraction);
}

/// The sensor's answer to a white of that color; nullopt when it is not positive.
std::optional<Real3> response_to(std::span<const ColorMatrix> matrices, double cct, double x, double y) {
  const Real3 response = product(matrix_at(matrices, cct), xyz_of(x, y));
  if (!finite(response) || !(std::min({response[0], response[1], response[2]}) > 0)) return std::nullopt;
  return response;
}

/// To the locus's white.
std::optional<Real3> response_to_white(std::span<const ColorMatrix> matrices, double cct) {
  const auto [x, y] = natural_chromaticity(cct);
  return response_to(matrices, cct, x, y);
}

std::optional<Vec3> gains_of_response(double red, double blue) {
  const Vec3 gains{static_cast<float>(1 / red), 1, static_cast<float>(1 / blue)};
  if (!std::isfinite(gains[0]) || !std::isfinite(gains[2]) || !(gains[0] > 0) || !(gains[2] > 0)) return std::nullopt;
  return gains;
}

std::optional<Real3> neutral_of(const Vec3& gains) {
  Real3 neutral{};
  for (int i = 0; i < 3; i++) {
    if (!(gains[i] > 0) || !std::isfinite(gains[i])) return std::nullopt;
    neutral[i] = gains[1] / static_cast<double>(gains[i]);
  }
  return neutral;
}

Real33 bradford_matrix(Chromaticity from, Chromaticity to) {
  // Lam 1985, as in ICC.1:2010, annex E.
  const Real33 cone{0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296};
  const Real3 a = product(cone, xyz_of(from.x, from.y)), b = product(cone, xyz_of(to.x, to.y));
  const auto back = inverted(cone);
  return product(*back, product(diagonal({b[0] / a[0], b[1] / a[1], b[2] / a[2]}), cone));
}

}  // namespace

// From the primaries and D65 = (0.3127, 0.3290): more digits than the standard prints, so that white is exactly (1, 1, 1).
const Mat3 kXyzToSrgb{3.24096994f, -1.53738318f, -0.49861076f, -0.96924364f, 1.87596750f,
                      0.04155506f, 0.05563008f,  -0.20397696f, 1.05697151f};
const Mat3 kSrgbToXyz{0.41239080f, 0.35758434f, 0.18048079f, 0.21263901f, 0.71516868f, 0.07219232f, 0.01933082f, 0.11919478f, 0.95053215f};

Mat3 multiply(const Mat3& a, const Mat3& b) { return narrow(product(widen(a), widen(b))); }

Vec3 multiply(const Mat3& a, const Vec3& v) {
  const Real3 out = product(widen(a), widen(v));
  return {static_cast<float>(out[0]), static_cast<float>(out[1]), static_cast<float>(out[2])};
}

std::optional<Mat3> inverse(const Mat3& m) {
  const auto out = inverted(widen(m));
  if (!out) return std::nullopt;
  return narrow(*out);
}

Mat3 xyz_to_camera_at(std::span<const ColorMatrix> matrices, float cct) { return narrow(matrix_at(matrices, cct)); }

Mat3 correction_at(std::span<const ColorCorrection> corrections, float cct) {
  const Position p = position_of(corrections, cct);
  return narrow(mix(corrections[p.index].camera_to_srgb, corrections[p.next].camera_to_srgb, p.fraction));
}

std::optional<Vec3> gains_of_cct(std::span<const ColorMatrix> matrices, float cct) {
  if (matrices.empty()) return std::nullopt;
  const auto response = response_to_white(matrices, cct);
  if (!response) return std::nullopt;
  return gains_of_response((*response)[0] / (*response)[1], (*response)[2] / (*response)[1]);
}

std::optional<Vec3> gains_of_light(std::span<const ColorMatrix> matrices, CorrelatedTemperature light) {
  if (matrices.empty() || !(light.cct > 0) || !std::isfinite(light.duv)) return std::nullopt;
  const Chromaticity white = chromaticity_of(light);
  const auto response = response_to(matrices, light.cct, white.x, white.y);
  if (!response) return std::nullopt;
  return gains_of_response((*response)[0] / (*response)[1], (*response)[2] / (*response)[1]);
}

std::optional<Vec3> gains_of_cct(std::span<const CctPoint> curve, float cct) {
  if (curve.empty()) return std::nullopt;
  const Position p = position_of(curve, cct);
  const CctPoint &a = curve[p.index], &b = curve[p.next];
  // Linear in the plane in which cct_of_gains looks for the nearest point, so that the two undo each other.
  auto between = [&](double from, double to) { return std::exp(std::log(from) + p.fraction * (std::log(to) - std::log(from))); };
  return gains_of_response(between(a.red, b.red), between(a.blue, b.blue));
}

std::optional<CorrelatedTemperature> cct_of_gains(std::span<const ColorMatrix> matrices, const Vec3& gains) {
  const auto neutral = neutral_of(gains);
  if (matrices.empty() || !neutral) return std::nullopt;
  constexpr int kMaxPasses = 30;
  Chromaticity white = kD50;
  for (int pass = 0; pass < kMaxPasses; pass++) {
    const auto camera_to_xyz = inverted(matrix_at(matrices, cct_of_chromaticity(white).cct));
    if (!camera_to_xyz) return std::nullopt;
    const Real3 xyz = product(*camera_to_xyz, *neutral);
    const double sum = xyz[0] + xyz[1] + xyz[2];
    if (!finite(xyz) || !(sum > 0) || !(xyz[1] > 0)) return std::nullopt;
    Chromaticity next{static_cast<float>(xyz[0] / sum), static_cast<float>(xyz[1] / sum)};
    if (std::abs(next.x - white.x) + std::abs(next.y - white.y) < 1e-7f) return cct_of_chromaticity(next);
    // Two values that alternate: the truth lies between them.
    if (pass == kMaxPasses - 2) next = {(white.x + next.x) / 2, (white.y + next.y) / 2};
    white = next;
  }
  return cct_of_chromaticity(white);
}

std::optional<CorrelatedTemperature> cct_of_gains(std::span<const CctPoint> curve, const Vec3& gains) {
  const auto neutral = neutral_of(gains);
  if (curve.empty() || !neutral) return std::nullopt;
  const PlanePoint light{std::log((*neutral)[0]), std::log((*neutral)[2])};
  auto point = [&](std::size_t i) { return PlanePoint{std::log(curve[i].red), std::log(curve[i].blue)}; };
  double best = squared_distance(light, point(0)), mired = 1e6 / curve[0].cct;
  PlanePoint on = point(0);
  for (std::size_t i = 1; i < curve.size(); i++) {
    const PlanePoint a = point(i - 1), b = point(i);
    const double length = squared_distance(a, b);
    const double along = length > 0 ? ((light.u - a.u) * (b.u - a.u) + (light.v - a.v) * (b.v - a.v)) / length : 0;
    const double t = std::clamp(along, 0.0, 1.0);
    const PlanePoint here{a.u + t * (b.u - a.u), a.v + t * (b.v - a.v)};
    const double d = squared_distance(light, here);
    if (d < best) {
      best = d;
      on = here;
      mired = (1 - t) * 1e6 / curve[i - 1].cct + t * 1e6 / curve[i].cct;
    }
  }
  if (!std::isfinite(best) || !std::isfinite(mired)) return std::nullopt;
  // Greenish light has less red and less blue beside its green.
  const double green = (on.u - light.u) + (on.v - light.v);
  return CorrelatedTemperature{static_cast<float>(1e6 / mired), static_cast<float>(std::copysign(std::sqrt(best), green))};
}

std::optional<Mat3> camera_to_srgb(std::span<const ColorMatrix> matrices, float cct) {
  if (matrices.empty()) return std::nullopt;
  if (matrices.size() == 1) {
    const auto rgb_to_camera = with_unit_rows(product(widen(matrices[0].xyz_to_camera), widen(kSrgbToXyz)));
    if (!rgb_to_camera) return std::nullopt;
    const auto out = inverted(*rgb_to_camera);
    if (!out) return std::nullopt;
    return narrow(*out);
  }
  const auto camera_to_xyz = inverted(matrix_at(matrices, cct));
  const auto neutral = response_to_white(matrices, cct);
  if (!camera_to_xyz || !neutral) return std::nullopt;
  const Real33 adapt = bradford_matrix(chromaticity_of_cct(cct), kD65);
  const auto out = with_unit_rows(product(widen(kXyzToSrgb), product(adapt, product(*camera_to_xyz, diagonal(*neutral)))));
  if (!out || !finite_as_float(*out)) return std::nullopt;
  return narrow(*out);
}

Mat3 bradford(Chromaticity from, Chromaticity to) {
  const Real33 out = bradford_matrix(from, to);
  return finite_as_float(out) ? narrow(out) : kIdentity3;  // a white without light: nothing to adapt to
}

float angular_error(const Vec3& a, const Vec3& b) {
  const Real3 p = widen(a), q = widen(b);
  const Real3 cross{p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]};
  const double dot = p[0] * q[0] + p[1] * q[1] + p[2] * q[2], area = std::hypot(cross[0], cross[1], cross[2]);
  // A vector of length 0 has no direction: an answer of 0 would read as a perfect one.
  if (dot == 0 && area == 0) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(std::atan2(area, dot) * 180 / 3.14159265358979323846);
}

float srgb_encode(float linear) {
  if (linear <= 0.0031308f) return 12.92f * linear;
  return static_cast<float>(1.055 * std::pow(static_cast<double>(linear), 1 / 2.4) - 0.055);
}

float srgb_decode(float encoded) {
  if (encoded <= 0.04045f) return encoded / 12.92f;
  return static_cast<float>(std::pow((encoded + 0.055) / 1.055, 2.4));
}

}  // namespace argent

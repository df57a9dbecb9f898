#include "isp/precise_color.h"

#include <algorithm>
#include <cmath>

namespace argent {

Real33 widen(const Mat3& m) { return {m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]}; }
Real3 widen(const Vec3& v) { return {v[0], v[1], v[2]}; }

Mat3 narrow(const Real33& m) {
  Mat3 out{};
  std::transform(m.begin(), m.end(), out.begin(), [](double v) { return static_cast<float>(v); });
  return out;
}

bool finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

bool finite_as_float(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(static_cast<float>(v)); });
}

Real33 product(const Real33& a, const Real33& b) {
  Real33 out{};
  for (int i = 0; i < 3; i++) {
    for (int j = 0; j < 3; j++) out[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
  }
  return out;
}

Real3 product(const Real33& a, const Real3& v) {
  Real3 out{};
  for (int i = 0; i < 3; i++) out[i] = a[3 * i] * v[0] + a[3 * i + 1] * v[1] + a[3 * i + 2] * v[2];
  return out;
}

Real33 diagonal(const Real3& v) { return {v[0], 0, 0, 0, v[1], 0, 0, 0, v[2]}; }

std::optional<Real33> inverted(const Real33& m) {
  const Real33 adjugate{m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
                        m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                        m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
  const double determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
  // The determinant of a float matrix of rank 2 is not exactly 0: compare it with the volume its rows could span.
  double volume = 1;
  for (int i = 0; i < 3; i++) volume *= std::hypot(m[3 * i], m[3 * i + 1], m[3 * i + 2]);
  if (!(std::abs(determinant) > 1e-7 * volume) || !std::isfinite(determinant)) return std::nullopt;
  Real33 out{};
  for (int i = 0; i < 9; i++) out[i] = adjugate[i] / determinant;
  if (!finite_as_float(out)) return std::nullopt;
  return out;
}

std::optional<Real33> with_unit_rows(Real33 m) {
  for (int i = 0; i < 3; i++) {
    const double sum = m[3 * i] + m[3 * i + 1] + m[3 * i + 2];
    const double size = std::abs(m[3 * i]) + std::abs(m[3 * i + 1]) + std::abs(m[3 * i + 2]);
    if (!(std::abs(sum) > 1e-6 * size) || !std::isfinite(sum)) return std::nullopt;
    for (int j = 0; j < 3; j++) m[3 * i + j] /= sum;
  }
  return m;
}

Real3 xyz_of(double x, double y) { return {x / y, 1, (1 - x - y) / y}; }

double squared_distance(PlanePoint a, PlanePoint b) { return (a.u - b.u) * (a.u - b.u) + (a.v - b.v) * (a.v - b.v); }

}  // namespace argent

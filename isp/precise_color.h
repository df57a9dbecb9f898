// isp/precise_color.h - private: the matrices and colors of color.h in double, so that steps in a row lose nothing.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "isp/color.h"

namespace argent {

using Real3 = std::array<double, 3>;
using Real33 = std::array<double, 9>;  ///< row-major

Real33 widen(const Mat3& m);
Real3 widen(const Vec3& v);
Mat3 narrow(const Real33& m);

bool finite(std::span<const double> values);
/// Finite and usable as a float.
bool finite_as_float(std::span<const double> values);

Real33 product(const Real33& a, const Real33& b);
Real3 product(const Real33& a, const Real3& v);
Real33 diagonal(const Real3& v);
/// nullopt when the matrix is singular to float's precision, or not finite.
std::optional<Real33> inverted(const Real33& m);
/// Rows scaled so that white (1, 1, 1) stays white; nullopt where a row sums to nothing.
std::optional<Real33> with_unit_rows(Real33 m);

/// Of a chromaticity, with Y = 1.
Real3 xyz_of(double x, double y);

/// A point of CIE 1960 uv, or of any plane in which a nearest point is looked for.
struct PlanePoint {
  double u = 0, v = 0;
};
double squared_distance(PlanePoint a, PlanePoint b);

}  // namespace argent

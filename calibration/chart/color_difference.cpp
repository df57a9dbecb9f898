#include "calibration/chart/color_difference.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace argent {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

double cube_root_or_line(double t) {
  constexpr double kKnee = 6.0 / 29;
  return t > kKnee * kKnee * kKnee ? std::cbrt(t) : t / (3 * kKnee * kKnee) + 4.0 / 29;
}

/// Hue in degrees, 0..360; 0 of a grey.
double hue_of(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double degrees = std::atan2(b, a) / kDegree;
  return degrees < 0 ? degrees + 360 : degrees;
}

double seventh_power_part(double chroma) {
  const double power = std::pow(chroma, 7);
  return std::sqrt(power / (power + 6103515625.0));  // 25^7
}

}  // namespace

Lab lab_of(const std::array<double, 3>& xyz, const std::array<double, 3>& white) {
  std::array<double, 3> f{};
  for (std::size_t i = 0; i < 3; i++) f[i] = cube_root_or_line(xyz[i] / white[i]);
  return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

double ciede2000(const Lab& one, const Lab& other) {
  const double mean_chroma = (std::hypot(one.a, one.b) + std::hypot(other.a, other.b)) / 2;
  const double g = (1 - seventh_power_part(mean_chroma)) / 2;
  const double a1 = one.a * (1 + g), a2 = other.a * (1 + g);
  const double c1 = std::hypot(a1, one.b), c2 = std::hypot(a2, other.b);
  const double h1 = hue_of(a1, one.b), h2 = hue_of(a2, other.b);
  const bool grey = c1 * c2 == 0;

  double turn = grey ? 0 : h2 - h1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  const double dl = other.l - one.l, dc = c2 - c1, dh = 2 * std::sqrt(c1 * c2) * std::sin(turn / 2 * kDegree);

  const double l = (one.l + other.l) / 2, c = (c1 + c2) / 2;
  double h = grey ? h1 + h2 : (h1 + h2) / 2;
  if (!grey && std::abs(h1 - h2) > 180) h += h1 + h2 < 360 ? 180 : -180;

  const double t = 1 - 0.17 * std::cos((h - 30) * kDegree) + 0.24 * std::cos(2 * h * kDegree) + 0.32 * std::cos((3 * h + 6) * kDegree) -
                   0.20 * std::cos((4 * h - 63) * kDegree);
  const double lightness = (l - 50) * (l - 50);
  const double sl = 1 + 0.015 * lightness / std::sqrt(20 + lightness), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
  const double rotation = 30 * std::exp(-std::pow((h - 275) / 25, 2));
  const double rt = -std::sin(2 * rotation * kDegree) * 2 * seventh_power_part(c);
  const double wl = dl / sl, wc = dc / sc, wh = dh / sh;
  return std::sqrt(std::max(0.0, wl * wl + wc * wc + wh * wh + rt * wc * wh));
}

}  // namespace argent

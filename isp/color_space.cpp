#include "isp/color_space.h"

#include <algorithm>
#include <cmath>

#include "isp/precise_color.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

// SMPTE ST 2084:2014, 5.2
constexpr double kM1 = 2610.0 / 16384, kM2 = 2523.0 / 4096 * 128, kC1 = 3424.0 / 4096, kC2 = 2413.0 / 4096 * 32, kC3 = 2392.0 / 4096 * 32;
constexpr double kPqRange = 10'000;  // cd/m2 of code 1

double pq_encoded(double cd_per_m2) {
  const double p = std::pow(cd_per_m2 / kPqRange, kM1);
  return std::pow((kC1 + kC2 * p) / (1 + kC3 * p), kM2);
}

double pq_decoded(double code) {
  const double p = std::pow(code, 1 / kM2);
  return kPqRange * std::pow(std::max(p - kC1, 0.0) / (kC2 - kC3 * p), 1 / kM1);
}

// In double: the tables of 16 bit pictures are made of it.
double srgb_encoded(double light) { return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055; }
double srgb_decoded(double code) { return code <= 0.04045 ? code / 12.92 : std::pow((code + 0.055) / 1.055, 2.4); }

Real33 precise_rgb_to_xyz(const Primaries& p, Chromaticity white) {
  const Real3 r = xyz_of(p.red.x, p.red.y), g = xyz_of(p.green.x, p.green.y), b = xyz_of(p.blue.x, p.blue.y);
  const Real33 columns{r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]};
  const auto back = inverted(columns);
  if (!back) throw Error("the primaries of a color space lie on a line");
  return product(columns, diagonal(product(*back, xyz_of(white.x, white.y))));
}

Real33 precise_inverse(const Real33& m) {
  if (const auto out = inverted(m)) return *out;
  throw Error("a color space has a singular matrix");
}

// ISO 22028-2, table 1
constexpr Primaries kRomm{{0.734699f, 0.265301f}, {0.159597f, 0.840403f}, {0.036598f, 0.000105f}};

Real33 precise_srgb_to_pro_photo() {
  const Real33 to_d50 = product(widen(bradford(kD65, kD50)), precise_rgb_to_xyz(primaries_of(ColorSpace::kSrgb), kD65));
  return *with_unit_rows(product(precise_inverse(precise_rgb_to_xyz(kRomm, kD50)), to_d50));
}

struct Name {
  ColorSpace space;
  std::string_view name;
};
constexpr std::array kNames{Name{ColorSpace::kSrgb, "srgb"}, Name{ColorSpace::kDisplayP3, "p3"}, Name{ColorSpace::kRec2020, "rec2020"},
                            Name{ColorSpace::kRec2100Pq, "rec2100-pq"}, Name{ColorSpace::kCamera, "camera"}};

}  // namespace

Primaries primaries_of(ColorSpace space) {
  switch (space) {
    case ColorSpace::kSrgb:
      return {{0.64f, 0.33f}, {0.30f, 0.60f}, {0.15f, 0.06f}};
    case ColorSpace::kDisplayP3:
      return {{0.680f, 0.320f}, {0.265f, 0.690f}, {0.150f, 0.060f}};
    case ColorSpace::kRec2020:
    case ColorSpace::kRec2100Pq:
      return {{0.708f, 0.292f}, {0.170f, 0.797f}, {0.131f, 0.046f}};
    case ColorSpace::kCamera:
      break;
  }
  throw Error("camera color has no primaries");
}

Mat3 rgb_to_xyz(const Primaries& primaries, Chromaticity white) { return narrow(precise_rgb_to_xyz(primaries, white)); }

Mat3 srgb_to(ColorSpace space) {
  if (space == ColorSpace::kSrgb || space == ColorSpace::kCamera) return kIdentity3;
  const Real33 from = precise_rgb_to_xyz(primaries_of(ColorSpace::kSrgb), kD65), to = precise_rgb_to_xyz(primaries_of(space), kD65);
  return narrow(*with_unit_rows(product(precise_inverse(to), from)));
}

Mat3 srgb_to_pro_photo() { return narrow(precise_srgb_to_pro_photo()); }
Mat3 pro_photo_to_srgb() { return narrow(precise_inverse(precise_srgb_to_pro_photo())); }
Mat3 xyz_d50_to_pro_photo() { return narrow(precise_inverse(precise_rgb_to_xyz(kRomm, kD50))); }

double encoded(ColorSpace space, double light) {
  const double x = std::clamp(light, 0.0, 1.0);
  if (space == ColorSpace::kRec2100Pq) return pq_encoded(x * kPqPeak);
  return srgb_encoded(x);
}

double decoded(ColorSpace space, double code) {
  const double x = std::clamp(code, 0.0, 1.0);
  if (space == ColorSpace::kRec2100Pq) return pq_decoded(x) / kPqPeak;
  return srgb_decoded(x);
}

std::string_view name_of(ColorSpace space) {
  return std::find_if(kNames.begin(), kNames.end(), [&](const Name& row) { return row.space == space; })->name;
}

std::optional<ColorSpace> color_space_from_name(std::string_view name) {
  const auto* found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& row) { return row.name == name; });
  return found == kNames.end() ? std::nullopt : std::optional(found->space);
}

}  // namespace argent

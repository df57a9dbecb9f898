#include "capture_label.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

std::vector<float> numbers_of(const std::string& text, std::size_t count, const char* form) {
  std::vector<float> out;
  const char *at = text.data(), *end = at + text.size();
  for (;;) {
    float value = 0;
    const auto [rest, failure] = std::from_chars(at, end, value);
    if (failure != std::errc() || !(value >= 0 && value <= 1)) break;
    out.push_back(value);
    if (rest == end && out.size() == count) return out;
    if (rest == end || *rest != ',' || out.size() == count) break;
    at = rest + 1;
  }
  throw Error(in_quotes(text), ", expected ", form, ", each 0..1 of the frame");
}

Vec3 gains_of(const std::array<float, 2>& light) { return {std::exp(-light[0]), 1, std::exp(-light[1])}; }

/// Sums over the unclipped quads of a rectangle of pixels.
struct Sum {
  std::array<double, 3> rgb{};
  long quads = 0, clipped = 0;

  void add(const SensorPicture& picture, const Rect& part) {
    for (int y = part.y; y < part.y + part.height; y++) {
      const float* row = picture.linear.row<float>(y);
      for (int x = part.x; x < part.x + part.width; x++) {
        quads++;
        clipped += picture.is_clipped(x, y);
        for (std::size_t c = 0; c < 3; c++) rgb[c] += row[3 * x + static_cast<int>(c)];
      }
    }
  }
  std::array<double, 2> light() const { return {std::log(rgb[0] / rgb[1]), std::log(rgb[2] / rgb[1])}; }
};

Rect pixels_of(const SensorPicture& picture, const PlaneRect& part) {
  const auto [left, top] = picture.pixel_of({part.x, part.y});
  const auto [right, bottom] = picture.pixel_of({part.x + part.width, part.y + part.height});
  const auto column = [&](double x) { return std::clamp(static_cast<int>(std::lround(x)), 0, picture.linear.width()); };
  const auto row = [&](double y) { return std::clamp(static_cast<int>(std::lround(y)), 0, picture.linear.height()); };
  return {column(left), row(top), column(right) - column(left), row(bottom) - row(top)};
}

}  // namespace

PlaneRect plane_rect_from_text(const std::string& text) {
  const std::vector<float> v = numbers_of(text, 4, "x,y,width,height");
  const PlaneRect out{v[0], v[1], v[2], v[3]};
  if (!(out.width > 0 && out.height > 0 && out.x + out.width <= 1.0001f && out.y + out.height <= 1.0001f)) {
    throw Error(in_quotes(text), ", expected a rectangle x,y,width,height inside the frame, each 0..1 of it");
  }
  return out;
}

Quadrilateral corners_from_text(const std::string& text) {
  const std::vector<float> v = numbers_of(text, 8, "x1,y1,x2,y2,x3,y3,x4,y4");
  return {{{v[0], v[1]}, {v[2], v[3]}, {v[4], v[5]}, {v[6], v[7]}}};
}

MeasuredLight light_of_chart(const SensorPicture& picture, const std::optional<Quadrilateral>& by_hand) {
  const std::optional<ColorChecker> checker = by_hand ? place_color_checker(picture, *by_hand) : find_color_checker(picture);
  if (!checker) throw Error("no ColorChecker was found (--chart places one by hand, --grey takes something grey)");
  const Illuminant light = light_of(*checker);
  if (light.evidence == 0) throw Error("the greys of its chart are all clipped or black");
  return {light.mean, std::sqrt(std::max(light.covariance[0], light.covariance[2])), "chart", checker, {}};
}

MeasuredLight light_of_grey(const SensorPicture& picture, const PlaneRect& grey) {
  constexpr int kParts = 4;
  constexpr long kLeastQuads = 64;
  constexpr double kDarkest = 0.002;  // of saturation: below, black level and flare are as large as what they lie under
  const Rect area = pixels_of(picture, grey);
  Sum whole;
  whole.add(picture, area);
  const auto quads = static_cast<double>(whole.quads);
  if (whole.quads < kLeastQuads) throw Error("a grey patch of ", whole.quads, " quads, expected at least ", kLeastQuads);
  if (static_cast<double>(whole.clipped) > kMostClipped * quads)
    throw Error("the grey patch is clipped in ", std::lround(100 * static_cast<double>(whole.clipped) / quads), " % of its quads");
  if (!(std::min({whole.rgb[0], whole.rgb[1], whole.rgb[2]}) > kDarkest * quads)) throw Error("the grey patch is too dark to have a color");
  const auto [u, v] = whole.light();
  double uu = 0, vv = 0;
  for (int i = 0; i < kParts * kParts; i++) {
    const int column = i % kParts, row = i / kParts;
    const auto edge = [](int start, int length, int part) { return start + length * part / kParts; };
    Sum part;
    part.add(picture, {edge(area.x, area.width, column), edge(area.y, area.height, row),
                       edge(area.x, area.width, column + 1) - edge(area.x, area.width, column),
                       edge(area.y, area.height, row + 1) - edge(area.y, area.height, row)});
    const auto [pu, pv] = part.light();
    uu += (pu - u) * (pu - u) / (kParts * kParts);
    vv += (pv - v) * (pv - v) / (kParts * kParts);
  }
  return {{static_cast<float>(u), static_cast<float>(v)}, static_cast<float>(std::sqrt(std::max(uu, vv))), "grey", {}, grey};
}

MeasuredLight light_of_kelvin(float kelvin, std::span<const CctPoint> curve, std::span<const ColorMatrix> matrices) {
  auto gains = gains_of_cct(curve, kelvin);
  if (!gains) gains = gains_of_cct(matrices, kelvin);
  if (!gains) throw Error("nothing is known of its camera, so that --kelvin says nothing of its light: give --profile");
  return {{std::log((*gains)[1] / (*gains)[0]), std::log((*gains)[1] / (*gains)[2])}, 0, "kelvin", {}, {}};
}

float kelvin_of(const std::array<float, 2>& light, std::span<const CctPoint> curve, std::span<const ColorMatrix> matrices) {
  auto found = cct_of_gains(curve, gains_of(light));
  if (!found) found = cct_of_gains(matrices, gains_of(light));
  return found ? found->cct : 0;
}

std::vector<ColorMatrix> matrices_of(std::span<const CctPoint> curve, std::span<const ColorCorrection> corrections) {
  std::vector<ColorMatrix> out;
  if (curve.empty() || corrections.empty()) return out;
  for (const float cct : {2856.f, 6504.f}) {
    const Vec3 gains = *gains_of_cct(curve, cct);
    const auto to_camera = inverse(correction_at(corrections, cct));
    if (!to_camera) throw Error("its profile's color correction at ", std::lround(cct), " K is singular");
    const Mat3 response{1 / gains[0], 0, 0, 0, 1 / gains[1], 0, 0, 0, 1 / gains[2]};
    const Mat3 adapted = multiply(kXyzToSrgb, bradford(chromaticity_of_cct(cct), chromaticity_of_cct(6504)));
    out.push_back({cct, multiply(response, multiply(*to_camera, adapted))});
  }
  return out;
}

std::vector<std::uint8_t> masked_pixels(const MeasuredLight& light, Size size) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  if (light.checker) out = chart_zones(*light.checker, size.width, size.height);
  if (!light.grey) return out;
  const PlaneRect& grey = *light.grey;
  for (int y = 0; y < size.height; y++) {
    for (int x = 0; x < size.width; x++) {
      const auto left = static_cast<float>(x) / static_cast<float>(size.width),
                 right = static_cast<float>(x + 1) / static_cast<float>(size.width);
      const auto top = static_cast<float>(y) / static_cast<float>(size.height),
                 bottom = static_cast<float>(y + 1) / static_cast<float>(size.height);
      const bool touches = left < grey.x + grey.width && right > grey.x && top < grey.y + grey.height && bottom > grey.y;
      out[static_cast<std::size_t>(y * size.width + x)] |= touches;
    }
  }
  return out;
}

}  // namespace argent

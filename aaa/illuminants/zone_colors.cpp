#include "aaa/illuminants/zone_colors.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace argent {
namespace {

constexpr float kMinGreen = 1.0f / 512, kMinOther = 1.0f / 2048;  // of saturation: an 8-bit code, and a quarter of it
constexpr float kNearSaturation = 0.95f;                          // what is left unclipped there is a biased sample
constexpr float kMaxLevel = 16;                                   // shading of a very dark corner; more is no measurement

ZoneUse use_of(const Statistics::Zone& zone) {
  const auto& c = zone.unclipped;
  for (int i = 0; i < 3; i++) {
    if (!std::isfinite(c[i]) || c[i] < 0 || c[i] > kMaxLevel || zone.count[i] == 0) return ZoneUse::kInvalid;
  }
  for (int i = 0; i < 3; i++) {
    if (zone.unclipped_count[i] < zone.count[i] / 2.0) return ZoneUse::kClipped;
  }
  if (std::max({c[0], c[1], c[2]}) > kNearSaturation) return ZoneUse::kClipped;
  if (c[1] < kMinGreen || std::min(c[0], c[2]) < kMinOther || zone.dark > 0.5f) return ZoneUse::kDark;
  return ZoneUse::kUsed;
}

ZoneColor color_of(const Statistics::Zone& zone, int column, int row) {
  const float red = std::log(zone.unclipped[0]), green = std::log(zone.unclipped[1]), blue = std::log(zone.unclipped[2]);
  return {column, row, zone.unclipped, red - green, blue - green, (red + green + blue) / 3};
}

/// Whether the curve passes within kCurveReach; without a curve all is near. The first near segment decides: most zones have one early.
bool is_near(std::span<const std::array<float, 2>> curve, float u, float v) {
  constexpr float kReach = kCurveReach * kCurveReach;
  if (curve.empty()) return true;
  for (std::size_t i = 0; i < curve.size(); i++) {
    const auto& [bu, bv] = curve[i];
    if ((bu - u) * (bu - u) + (bv - v) * (bv - v) <= kReach) return true;
    if (i == 0) continue;
    const auto& [au, av] = curve[i - 1];
    const float along = (u - au) * (bu - au) + (v - av) * (bv - av), square = (bu - au) * (bu - au) + (bv - av) * (bv - av);
    const float across = (u - au) * (bv - av) - (v - av) * (bu - au);
    if (along > 0 && along < square && across * across <= kReach * square) return true;
  }
  return false;
}

/// Mean squared distance of the zones' colors from `center` as uu, uv, vv.
std::array<float, 3> scatter_about(const ZoneColors& zones, std::array<float, 2> center) {
  std::array<float, 3> scatter{};
  for (const ZoneColor& zone : zones.used) {
    const float du = zone.u - center[0], dv = zone.v - center[1];
    scatter[0] += du * du;
    scatter[1] += du * dv;
    scatter[2] += dv * dv;
  }
  for (float& s : scatter) s /= static_cast<float>(zones.used.size());
  return scatter;
}

}  // namespace

void ZoneColors::clear() {
  used.clear();
  index.clear();
  curve.clear();
  columns = rows = dark = clipped = off_curve = invalid = 0;
  spread = 0;
}

const ZoneColor* ZoneColors::at(int column, int row) const {
  if (column < 0 || row < 0 || column >= columns || row >= rows) return nullptr;
  const int place = index[static_cast<std::size_t>(row * columns + column)];
  return place < 0 ? nullptr : &used[static_cast<std::size_t>(place)];
}

ZoneColors zone_colors(const Statistics& statistics, const IlluminantPrior& prior) {
  ZoneColors out;
  zone_colors(statistics, prior, out);
  return out;
}

void zone_colors(const Statistics& statistics, const IlluminantPrior& prior, ZoneColors& out) {
  out.clear();
  if (!statistics.has_grid()) return;
  out.columns = statistics.columns;
  out.rows = statistics.rows;
  out.index.assign(static_cast<std::size_t>(out.total()), -1);
  out.used.reserve(out.index.size());
  log_curve(prior, out.curve);
  double sum_u = 0, sum_v = 0, squares = 0;
  for (int row = 0; row < out.rows; row++) {
    for (int column = 0; column < out.columns; column++) {
      const Statistics::Zone& zone = statistics.zone(column, row);
      ZoneUse use = use_of(zone);
      ZoneColor color;
      if (use == ZoneUse::kUsed) {
        color = color_of(zone, column, row);
        sum_u += color.u;
        sum_v += color.v;
        squares += static_cast<double>(color.u) * color.u + static_cast<double>(color.v) * color.v;
        if (!is_near(out.curve, color.u, color.v)) use = ZoneUse::kOffCurve;
      }
      if (use == ZoneUse::kUsed) {
        out.index[static_cast<std::size_t>(row * out.columns + column)] = static_cast<int>(out.used.size());
        out.used.push_back(color);
      }
      out.dark += use == ZoneUse::kDark;
      out.clipped += use == ZoneUse::kClipped;
      out.off_curve += use == ZoneUse::kOffCurve;
      out.invalid += use == ZoneUse::kInvalid;
    }
  }
  const double n = std::max<double>(static_cast<double>(out.used.size()) + out.off_curve, 1);
  out.spread = static_cast<float>(std::max(squares / n - (sum_u * sum_u + sum_v * sum_v) / (n * n), 0.0));
}

std::vector<std::array<float, 2>> log_curve(const IlluminantPrior& prior) {
  std::vector<std::array<float, 2>> out;
  log_curve(prior, out);
  return out;
}

void log_curve(const IlluminantPrior& prior, std::vector<std::array<float, 2>>& out) {
  out.clear();
  for (const CctPoint& point : prior.curve) out.push_back({std::log(point.red), std::log(point.blue)});
}

CurveOffset curve_offset(const IlluminantPrior& prior, float u, float v) { return curve_offset(log_curve(prior), u, v); }

CurveOffset curve_offset(std::span<const std::array<float, 2>> curve, float u, float v) {
  CurveOffset best;
  float best_square = std::numeric_limits<float>::infinity();
  std::size_t segment = 0;  // that the foot lies inside of, by its end; 0: the foot is a point of the curve
  const auto consider = [&](float at_u, float at_v, std::size_t end) {
    const float square = (at_u - u) * (at_u - u) + (at_v - v) * (at_v - v);
    if (!(square < best_square)) return;  // not a number, too
    best_square = square;
    best.to_curve = {at_u - u, at_v - v};
    segment = end;
  };
  for (std::size_t i = 0; i < curve.size(); i++) {
    const auto& [bu, bv] = curve[i];
    if (i > 0) {
      const auto& [au, av] = curve[i - 1];
      const float along = (u - au) * (bu - au) + (v - av) * (bv - av), square = (bu - au) * (bu - au) + (bv - av) * (bv - av);
      if (along > 0 && along < square) consider(au + along / square * (bu - au), av + along / square * (bv - av), i);
    }
    consider(bu, bv, 0);
  }
  if (std::isfinite(best_square)) best.distance = std::sqrt(best_square);
  if (segment > 0) {
    const auto& [au, av] = curve[segment - 1];
    const auto& [bu, bv] = curve[segment];
    const float length = std::hypot(bu - au, bv - av);
    best.normal = {(av - bv) / length, (bu - au) / length};
  }
  return best;
}

float evidence_of(const ZoneColors& zones) {
  if (zones.used.empty()) return 0;
  const float n = static_cast<float>(zones.used.size());
  float level = 0;
  for (const ZoneColor& zone : zones.used) level = std::max(level, zone.rgb[1]);
  const float many = 1.05f * n / (n + 0.05f * static_cast<float>(zones.total()));
  const float bright = level / (level + 4 * kMinGreen);
  // One color alone, to within noise of a hundredth, tells next to nothing; two colors do, if little.
  const float one_color = (zones.spread + 1e-6f) / (zones.spread + 0.01f * 0.01f);
  const float colorful = (0.02f + 0.98f * zones.spread / (zones.spread + 0.1f * 0.1f)) * one_color;
  return std::clamp(many * bright * colorful, 0.0f, 1.0f);
}

std::array<float, 3> covariance_of_mean(const std::array<float, 3>& scatter, float zones) {
  constexpr float kNeighbors = 8;   // zones of one object are one sample
  constexpr float kMethod = 0.05f;  // log units, standard deviation
  const float independent = std::max(zones / kNeighbors, 1.0f);
  return {scatter[0] / independent + kMethod * kMethod, scatter[1] / independent, scatter[2] / independent + kMethod * kMethod};
}

Illuminant illuminant_of(const ZoneColors& zones, const std::array<double, 3>& light) {
  Illuminant out;
  if (zones.used.empty()) return out;
  const double u = std::log(light[0] / light[1]), v = std::log(light[2] / light[1]);
  if (!std::isfinite(u) || !std::isfinite(v)) return out;
  out.mean = {static_cast<float>(u), static_cast<float>(v)};
  out.covariance = covariance_of_mean(scatter_about(zones, out.mean), static_cast<float>(zones.used.size()));
  out.evidence = evidence_of(zones);
  return out;
}

}  // namespace argent

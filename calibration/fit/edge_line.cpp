#include "calibration/fit/edge_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace argent {
namespace {

constexpr int kBlock = 16, kStep = 8;            // quads
constexpr int kReach = 8;                        // quads on each side in which the edge is looked for, row by row
constexpr int kLongest = 160, kShortest = 20;    // quads: that it is followed in one direction; that make an edge
constexpr double kCoherent = 0.6;                // of a block's gradients: 1 when all point the same way
constexpr double kSteepest = 28, kFlattest = 1;  // degrees: more than slanted_edge takes, which measures it exactly
constexpr double kContrast = 0.02;               // of saturation, from one side of a block's edge to the other
constexpr std::size_t kMostLines = 32, kMostTried = 4096;

/// Green of quads, u along the rows of the axis.
class GreenQuads {
 public:
  GreenQuads(const RawFrame& frame, const Rect& area, MosaicAxis axis) : mosaic_(frame, axis) {
    const bool columns = axis == MosaicAxis::kColumns;
    left_ = (columns ? area.y : area.x) + 1;
    top_ = (columns ? area.x : area.y) + 1;
    left_ -= left_ % 2;
    top_ -= top_ % 2;
    width_ = ((columns ? area.y + area.height : area.x + area.width) - left_) / 2;
    height_ = ((columns ? area.x + area.width : area.y + area.height) - top_) / 2;
    light_.reserve(static_cast<std::size_t>(std::max(0, width_)) * static_cast<std::size_t>(std::max(0, height_)));
    for (int v = 0; v < height_; v++)
      for (int u = 0; u < width_; u++) light_.push_back(green(left_ + 2 * u, top_ + 2 * v));
  }

  int width() const { return width_; }
  int height() const { return height_; }
  double at(int u, int v) const {
    return static_cast<double>(light_[static_cast<std::size_t>(v) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(u)]);
  }
  double pixel_u(double u) const { return left_ + 2 * u + 1; }  ///< of a quad's middle
  double pixel_v(double v) const { return top_ + 2 * v + 1; }
  MosaicAxis axis() const { return mosaic_.axis(); }

 private:
  float green(int u, int v) const {
    double sum = 0;
    for (int i = 0; i < 4; i++)
      if (mosaic_.color(u + i % 2, v + i / 2) == 1) sum += mosaic_.light(u + i % 2, v + i / 2);
    return static_cast<float>(sum / 2);
  }

  MosaicLight mosaic_;
  int left_ = 0, top_ = 0, width_ = 0, height_ = 0;
  std::vector<float> light_;
};

struct Block {
  double u = 0, v = 0;  ///< quads, center of its gradients
  double strength = 0;  ///< of the gradients along the normal
  double angle = 0;     ///< degrees, of the normal against the rows
  double rises = 1;
};

std::optional<Block> block_at(const GreenQuads& quads, int left, int top) {
  double uu = 0, vv = 0, uv = 0, sum = 0, across = 0, down = 0;
  for (int v = top; v < top + kBlock; v++) {
    for (int u = left; u < left + kBlock; u++) {
      const double gu = (quads.at(u + 1, v) - quads.at(u - 1, v)) / 2, gv = (quads.at(u, v + 1) - quads.at(u, v - 1)) / 2;
      const double weight = gu * gu + gv * gv;
      uu += gu * gu;
      vv += gv * gv;
      uv += gu * gv;
      sum += gu;
      across += weight * u;
      down += weight * v;
    }
  }
  const double power = uu + vv, coherence = std::hypot(uu - vv, 2 * uv) / std::max(power, 1e-30);
  // A step of height s, crossing the block once, has gradients that sum to s in each row.
  if (!(std::sqrt(power / kBlock) > kContrast / 2) || !(coherence > kCoherent)) return std::nullopt;
  return Block{across / power, down / power, power * coherence, std::atan2(2 * uv, uu - vv) * 90 / std::numbers::pi, sum > 0 ? 1.0 : -1.0};
}

/// The edge in one row: its place near `u` and its height. Nothing outside of the quads.
struct Crossing {
  double u = 0, height = 0;
};

std::optional<Crossing> crossing(const GreenQuads& quads, double u, int v, double rises) {
  const int middle = static_cast<int>(std::lround(u)), first = std::max(1, middle - kReach),
            last = std::min(quads.width() - 2, middle + kReach);
  constexpr int kBeside = 3;  // quads: an edge at the border can't be followed
  if (middle - first < kBeside || last - middle < kBeside || v < 0 || v >= quads.height()) return std::nullopt;
  std::array<double, 2 * kReach + 1> slopes{};
  for (int i = first; i <= last; i++)
    slopes[static_cast<std::size_t>(i - first)] = std::max(0.0, rises * (quads.at(i + 1, v) - quads.at(i - 1, v)) / 2);
  const double steepest = *std::max_element(slopes.begin(), slopes.end());
  Crossing out;
  constexpr double kFoot = 0.25;  // of the steepest: below it is noise as well
  for (int i = first; i <= last; i++) {
    const double slope = slopes[static_cast<std::size_t>(i - first)];
    if (slope < kFoot * steepest) continue;
    out.u += slope * i;
    out.height += slope;
  }
  if (!(out.height > 0)) return std::nullopt;
  out.u /= out.height;
  return out;
}

/// Follows the edge from a block in one direction.
void follow(const GreenQuads& quads, const Block& block, int direction, std::vector<std::array<double, 2>>& places) {
  double slope = -std::tan(block.angle * std::numbers::pi / 180) * direction, u = block.u, usual = 0;
  const int start = static_cast<int>(std::lround(block.v));
  for (int i = direction > 0 ? 0 : 1; i < kLongest; i++) {
    const int v = start + direction * i;
    const double expected = i == 0 ? u : u + slope;
    const auto found = crossing(quads, expected, v, block.rises);
    constexpr double kFaint = 0.6, kAside = 2;
    if (!found || found->height < kFaint * usual || std::abs(found->u - expected) > kAside) return;
    const double off = found->u - expected;
    usual = usual == 0 ? found->height : usual + (found->height - usual) / 8;
    u = expected + 0.3 * off;
    slope += 0.02 * off;
    places.push_back({static_cast<double>(v), found->u});
  }
}

/// A parabola through the places, without those that lie aside.
std::optional<EdgeLine> line_through(const GreenQuads& quads, const std::vector<std::array<double, 2>>& places, double rises) {
  if (places.size() < kShortest) return std::nullopt;
  const auto [first, last] = std::minmax_element(places.begin(), places.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; });
  constexpr double kEnds = 1.5;  // quads left out at both: corners are round
  const double from = (*first)[0] + kEnds, to = (*last)[0] - kEnds, middle = (from + to) / 2, half = (to - from) / 2;
  EdgeLine line;
  double limit = 1e9;
  for (int pass = 0; pass < 3; pass++) {
    std::array<double, 5> m{};
    std::array<double, 3> r{};
    for (const auto& [v, u] : places) {
      const double t = (v - middle) / half;
      if (std::abs(t) > 1 || std::abs(u - (line.offset + t * (line.slope + t * line.bow))) > limit) continue;
      double power = 1;
      for (std::size_t i = 0; i < 5; i++, power *= t) {
        m[i] += power;
        if (i < 3) r[i] += power * u;
      }
    }
    // Odd and even powers of t hardly mix: Cramer's rule is safe.
    const double c00 = m[2] * m[4] - m[3] * m[3], c01 = m[2] * m[3] - m[1] * m[4], c02 = m[1] * m[3] - m[2] * m[2];
    const double determinant = m[0] * c00 + m[1] * c01 + m[2] * c02;
    if (!(determinant > 1e-9)) return std::nullopt;
    line.offset = (c00 * r[0] + c01 * r[1] + c02 * r[2]) / determinant;
    line.slope = (c01 * r[0] + (m[0] * m[4] - m[2] * m[2]) * r[1] + (m[1] * m[2] - m[0] * m[3]) * r[2]) / determinant;
    line.bow = (c02 * r[0] + (m[1] * m[2] - m[0] * m[3]) * r[1] + (m[0] * m[2] - m[1] * m[1]) * r[2]) / determinant;
    limit = pass == 0 ? 1.5 : 0.75;  // quads
  }
  return EdgeLine{quads.axis(), quads.pixel_u(line.offset), 2 * line.slope, 2 * line.bow, quads.pixel_v(middle), 2 * half, rises};
}

struct Found {
  Block block;
  const GreenQuads* quads;
};

bool lies_on(const EdgeLine& line, const Found& found) {
  constexpr double kNear = 6, kBeyond = 24;  // pixels
  const double u = found.quads->pixel_u(found.block.u), v = found.quads->pixel_v(found.block.v);
  return line.axis == found.quads->axis() && std::abs(v - line.middle) < line.half + kBeyond && std::abs(u - line.at(v)) < kNear;
}

void add_blocks(const GreenQuads& quads, std::vector<Found>& blocks) {
  for (int top = 1; top + kBlock < quads.height(); top += kStep) {
    for (int left = 1; left + kBlock < quads.width(); left += kStep) {
      // What is nearer to the other axis is found there.
      if (const auto block = block_at(quads, left, top); block && std::abs(block->angle) <= 45) blocks.push_back({*block, &quads});
    }
  }
}

std::string degrees(double angle) { return std::to_string(std::abs(angle)).substr(0, 4); }

}  // namespace

EdgeCandidates find_edges(const RawFrame& frame, const Rect& area) {
  const std::array quads{GreenQuads(frame, area, MosaicAxis::kRows), GreenQuads(frame, area, MosaicAxis::kColumns)};
  std::vector<Found> blocks;
  for (const GreenQuads& axis : quads) add_blocks(axis, blocks);
  std::stable_sort(blocks.begin(), blocks.end(), [](const Found& a, const Found& b) { return a.block.strength > b.block.strength; });
  if (blocks.size() > kMostTried) blocks.resize(kMostTried);
  EdgeCandidates out;
  for (const Found& found : blocks) {
    if (out.lines.size() >= kMostLines) break;
    if (std::any_of(out.lines.begin(), out.lines.end(), [&](const EdgeLine& line) { return lies_on(line, found); })) continue;
    const double angle = std::abs(found.block.angle);
    std::optional<EdgeLine> line;
    if (angle >= kFlattest && angle <= kSteepest) {
      std::vector<std::array<double, 2>> places;
      for (const int direction : {1, -1}) follow(*found.quads, found.block, direction, places);
      line = line_through(*found.quads, places, found.block.rises);
      if (!line && out.refused.empty()) out.refused = "its edges are shorter than " + std::to_string(2 * kShortest) + " pixels, or no line";
    } else if (out.refused.empty()) {
      out.refused = "its strongest edge lies " + degrees(found.block.angle) + " degrees off the axis, expected 2 to 20";
    }
    if (line) out.lines.push_back(*line);
  }
  return out;
}

}  // namespace argent

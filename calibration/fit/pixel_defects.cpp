#include "calibration/fit/pixel_defects.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "calibration/fit/site_plane.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kBlock = 32;  // samples
constexpr float kSigmas = 7, kSigmasOfEach = 2, kLeastHot = 0.002f, kLeastShare = 0.05f;
constexpr float kMadToSigma = 1.4826f;
constexpr double kMostDefects = 0.01;

struct Samples {
  int width = 0, height = 0;
  std::vector<float> values;
  float& at(int x, int y) { return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)]; }
  float at(int x, int y) const {
    return values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

float median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The median of the neighbors that count, beyond the border mirrored: 8, or what is left of them.
float around(const Samples& plane, const std::vector<std::uint8_t>& bad, int x, int y) {
  std::array<float, 8> near;  // sorted as they come
  std::size_t count = 0;
  for (int j = -1; j <= 1; j++) {
    for (int i = -1; i <= 1; i++) {
      if (i == 0 && j == 0) continue;
      const int u = x + i < 0 || x + i >= plane.width ? x - i : x + i, v = y + j < 0 || y + j >= plane.height ? y - j : y + j;
      if (u < 0 || v < 0 || u >= plane.width || v >= plane.height) continue;
      const auto index = static_cast<std::size_t>(v) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(u);
      if (!bad.empty() && bad[index] != 0) continue;
      const float value = plane.at(u, v);
      std::size_t place = count++;
      for (; place > 0 && near[place - 1] > value; place--) near[place] = near[place - 1];
      near[place] = value;
    }
  }
  if (count == 0) return plane.at(x, y);
  const std::size_t half = count / 2;
  return count % 2 == 1 ? near[half] : (near[half - 1] + near[half]) / 2;
}

/// What a pixel has beyond its neighbors: codes, or a share of theirs.
enum class Measure { kCodes, kShare };

Samples excess_of(const Samples& plane, const std::vector<std::uint8_t>& bad, Measure measure) {
  Samples out{plane.width, plane.height, std::vector<float>(plane.values.size())};
  for (int y = 0; y < plane.height; y++) {
    for (int x = 0; x < plane.width; x++) {
      const float middle = around(plane, bad, x, y), difference = plane.at(x, y) - middle;
      out.at(x, y) = measure == Measure::kCodes ? difference : middle > 1 ? difference / middle : 0;
    }
  }
  return out;
}

/// Standard deviation of the excess block by block, row-major.
std::vector<float> scales_of(const Samples& excess) {
  std::vector<float> out, block;
  for (int top = 0; top < excess.height; top += kBlock) {
    for (int left = 0; left < excess.width; left += kBlock) {
      block.clear();
      for (int y = top; y < std::min(top + kBlock, excess.height); y++) {
        for (int x = left; x < std::min(left + kBlock, excess.width); x++) block.push_back(std::abs(excess.at(x, y)));
      }
      out.push_back(kMadToSigma * median_of(block));
    }
  }
  return out;
}

/// Frames of one site, black taken off.
struct Group {
  std::vector<Samples> frames;
  Samples mean;
};

Group group_of(std::span<const RawFrame* const> frames, std::size_t p) {
  Group out;
  for (const RawFrame* frame : frames) {
    const SitePlane plane = site_planes(*frame)[p];
    Samples samples{plane.width, plane.height, std::vector<float>(plane.samples())};
    for (int y = 0; y < plane.height; y++) {
      for (int x = 0; x < plane.width; x++) samples.at(x, y) = static_cast<float>(plane.at(x, y)) - frame->sensor.black[plane.site];
    }
    if (out.frames.empty()) out.mean = Samples{plane.width, plane.height, std::vector<float>(plane.samples(), 0)};
    for (std::size_t i = 0; i < samples.values.size(); i++) out.mean.values[i] += samples.values[i] / static_cast<float>(frames.size());
    out.frames.push_back(std::move(samples));
  }
  return out;
}

class Search {
 public:
  /// `least`: of the excess, in its own unit, that is worth a correction. `step`: the smallest scale that the codes can show.
  Search(const Group& group, Measure measure, float least, float step) : group_(group), measure_(measure), least_(least), step_(step) {}

  std::vector<float> run() {
    std::vector<std::uint8_t> bad;
    std::vector<float> found;
    for (int pass = 0; pass < 2; pass++) found = one_pass(bad);
    return found;
  }

 private:
  /// 0: no defect; otherwise its excess. `bad` is what the last pass found, and becomes what this one does.
  std::vector<float> one_pass(std::vector<std::uint8_t>& bad) const {
    const Samples mean = excess_of(group_.mean, bad, measure_);
    const std::vector<float> scales = scales_of(mean);
    std::vector<Samples> each;
    std::vector<std::vector<float>> scales_of_each;
    for (const Samples& frame : group_.frames) {
      each.push_back(excess_of(frame, bad, measure_));
      scales_of_each.push_back(scales_of(each.back()));
    }
    std::vector<float> found(mean.values.size(), 0);
    std::vector<std::uint8_t> next(mean.values.size(), 0);
    const int columns = (mean.width + kBlock - 1) / kBlock;
    for (int y = 0; y < mean.height; y++) {
      for (int x = 0; x < mean.width; x++) {
        const auto block = static_cast<std::size_t>(y / kBlock * columns + x / kBlock);
        const float excess = mean.at(x, y), size = std::abs(excess);
        if (size < least_ || size < kSigmas * std::max(scales[block], step_)) continue;
        bool in_all = true;
        for (std::size_t f = 0; f < each.size(); f++) {
          const float here = each[f].at(x, y) * (excess > 0 ? 1.0f : -1.0f);
          in_all &= here > kSigmasOfEach * scales_of_each[f][block];
        }
        if (!in_all) continue;
        const auto index = static_cast<std::size_t>(y) * static_cast<std::size_t>(mean.width) + static_cast<std::size_t>(x);
        found[index] = excess;
        next[index] = 1;
      }
    }
    bad = std::move(next);
    return found;
  }

  const Group& group_;
  Measure measure_;
  float least_, step_;
};

}  // namespace

std::vector<PixelDefect> find_defects(std::span<const RawFrame* const> darks, std::span<const RawFrame* const> flats) {
  std::vector<const RawFrame*> all(darks.begin(), darks.end());
  all.insert(all.end(), flats.begin(), flats.end());
  if (all.empty()) return {};
  check_alike(all);
  std::vector<PixelDefect> out;
  std::size_t pixels = 0;
  const std::vector<SitePlane> planes = site_planes(*all.front());
  for (std::size_t p = 0; p < planes.size(); p++) {
    const SitePlane& plane = planes[p];
    pixels += plane.samples();
    std::vector<std::uint8_t> is_hot(plane.samples(), 0);
    const auto place = [&](std::size_t i) {
      const int x = static_cast<int>(i) % plane.width, y = static_cast<int>(i) / plane.width;
      return std::array{plane.left + x * plane.step, plane.top + y * plane.step};
    };
    if (!darks.empty()) {
      const SensorInfo& sensor = all.front()->sensor;
      const float range = sensor.white[plane.site] - sensor.black[plane.site];
      const std::vector<float> found = Search(group_of(darks, p), Measure::kCodes, kLeastHot * range, 0.3f).run();
      for (std::size_t i = 0; i < found.size(); i++) {
        if (found[i] <= 0) continue;  // nothing is darker than no light
        is_hot[i] = 1;
        out.push_back({place(i)[0], place(i)[1], DefectKind::kHot, found[i]});
      }
    }
    if (flats.empty()) continue;
    const std::vector<float> found = Search(group_of(flats, p), Measure::kShare, kLeastShare, 0.001f).run();
    for (std::size_t i = 0; i < found.size(); i++) {
      if (found[i] == 0 || is_hot[i] != 0) continue;
      out.push_back({place(i)[0], place(i)[1], found[i] > 0 ? DefectKind::kBright : DefectKind::kDark, found[i]});
    }
  }
  if (static_cast<double>(out.size()) > kMostDefects * static_cast<double>(pixels))
    throw Error(out.size(), " defects in ", pixels, " pixels: no dark frames, or no even surface");
  std::sort(out.begin(), out.end(), [](const PixelDefect& a, const PixelDefect& b) { return std::pair(a.y, a.x) < std::pair(b.y, b.x); });
  return out;
}

}  // namespace argent

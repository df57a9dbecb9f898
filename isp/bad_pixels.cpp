#include "isp/bad_pixels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <variant>

#include "isp/kernel_inputs.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMostBad = 20;  // one pixel in so many

/// Steps to the two neighbors of the own color on either side.
struct Direction {
  int dx, dy;
};

}  // namespace

PixelPlace place_of_pixel(int x, int y, Size active) {
  return {(static_cast<float>(x) + 0.5f) / static_cast<float>(active.width),
          (static_cast<float>(y) + 0.5f) / static_cast<float>(active.height)};
}

bool can_replace_pixels(CfaPattern cfa) { return is_bayer(cfa) || cfa == CfaPattern::kMonochrome; }

void BadPixels::mark(int x, int y) {
  if (x < 0 || y < 0 || x >= sensor_.active.width || y >= sensor_.active.height) return;
  if (!can_replace_pixels(sensor_.cfa)) throw Error("bad pixels can be replaced in Bayer mosaics and monochrome frames only");
  if (bad_.empty()) bad_.assign(static_cast<std::size_t>(sensor_.active.width) * static_cast<std::size_t>(sensor_.active.height), false);
  if (bad_[index(x, y)]) return;
  bad_[index(x, y)] = true;
  list_.push_back({x, y});
  if (list_.size() > std::max<std::size_t>(1, bad_.size() / kMostBad))
    throw Error("more than one pixel in " + std::to_string(kMostBad) + " is listed as bad");
}

void BadPixels::mark(PixelPlace place) {
  if (!(place.x >= 0 && place.x < 1 && place.y >= 0 && place.y < 1)) return;
  mark(static_cast<int>(place.x * static_cast<float>(sensor_.active.width)),
       static_cast<int>(place.y * static_cast<float>(sensor_.active.height)));
}

void BadPixels::mark(const Rect& area) {
  const auto end = [](int first, int length, int size) {
    return static_cast<int>(std::min<long long>(static_cast<long long>(first) + length, size));
  };
  const int bottom = end(area.y, area.height, sensor_.active.height), right = end(area.x, area.width, sensor_.active.width);
  for (int y = std::max(0, area.y); y < bottom; y++) {
    for (int x = std::max(0, area.x); x < right; x++) mark(x, y);
  }
}

void BadPixels::mark_code(std::uint16_t code, const std::uint16_t* codes, std::ptrdiff_t stride) {
  for (int y = 0; y < sensor_.active.height; y++) {
    const std::uint16_t* row = codes + y * stride;
    for (int x = 0; x < sensor_.active.width; x++) {
      if (row[x] == code) mark(x, y);
    }
  }
}

bool BadPixels::is_good(int x, int y, const std::vector<bool>& bad) const {
  return x >= 0 && y >= 0 && x < sensor_.active.width && y < sensor_.active.height && !bad[index(x, y)];
}

void BadPixels::replace(std::uint16_t* codes, std::ptrdiff_t stride) const {
  const auto code = [&](int x, int y) -> int { return codes[y * stride + x]; };
  std::vector<bool> bad = bad_;
  const int period = is_bayer(sensor_.cfa) ? 2 : 1;  // to the next pixel of the own color along a row

  // The best pair of good neighbors.
  const auto along_pair = [&](const Pixel& p) -> std::optional<int> {
    const bool green = is_bayer(sensor_.cfa) && (site_of(sensor_, p.x, p.y) == 1 || site_of(sensor_, p.x, p.y) == 2);
    const int diagonal = green ? 1 : period;
    const std::array<Direction, 4> directions{{{period, 0}, {0, period}, {diagonal, diagonal}, {diagonal, -diagonal}}};
    std::optional<int> value;
    int least = 0;
    for (const auto [dx, dy] : directions) {
      if (!is_good(p.x - dx, p.y - dy, bad) || !is_good(p.x + dx, p.y + dy, bad)) continue;
      const int a = code(p.x - dx, p.y - dy), b = code(p.x + dx, p.y + dy);
      int difference = 2 * std::abs(a - b);
      const int hx = dx / 2, hy = dy / 2;
      const bool between = (hx != 0 || hy != 0) && is_good(p.x - hx, p.y - hy, bad) && is_good(p.x + hx, p.y + hy, bad);
      difference += between ? 2 * std::abs(code(p.x - hx, p.y - hy) - code(p.x + hx, p.y + hy)) : 2 * std::abs(a - b);
      if (value && difference >= least) continue;
      least = difference;
      value = (a + b + 1) / 2;
    }
    return value;
  };
  // The good ones of the own color in the 5x5 of the own color.
  const auto around = [&](const Pixel& p) -> std::optional<int> {
    int sum = 0, count = 0;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        const int x = p.x + dx * period, y = p.y + dy * period;
        if (!is_good(x, y, bad)) continue;
        sum += code(x, y);
        count++;
      }
    }
    return count > 0 ? std::optional((sum + count / 2) / count) : std::nullopt;
  };

  std::vector<Pixel> left = list_, next;
  while (!left.empty()) {
    std::vector<std::pair<Pixel, int>> found;
    next.clear();
    for (const Pixel& p : left) {
      std::optional<int> value = along_pair(p);
      if (!value) value = around(p);
      if (value) {
        found.emplace_back(p, *value);
      } else {
        next.push_back(p);
      }
    }
    if (found.empty()) throw Error("all pixels of a color are bad");
    for (const auto& [p, value] : found) {
      codes[p.y * stride + p.x] = static_cast<std::uint16_t>(value);
      bad[index(p.x, p.y)] = false;
    }
    left.swap(next);
  }
}

void mark_opcodes(BadPixels& bad, const DngOpcodes& opcodes, const std::uint16_t* codes, std::ptrdiff_t stride) {
  for (const DngOpcode& opcode : opcodes.raw) {
    if (const auto* constant = std::get_if<FixBadPixelsConstant>(&opcode.parameters)) {
      if (constant->code <= 65535) bad.mark_code(static_cast<std::uint16_t>(constant->code), codes, stride);
    } else if (const auto* list = std::get_if<FixBadPixelsList>(&opcode.parameters)) {
      for (const auto& point : list->points) bad.mark(Rect{point.x, point.y, 1, 1});
      for (const Rect& rectangle : list->rectangles) bad.mark(rectangle);
    }
  }
}

}  // namespace argent

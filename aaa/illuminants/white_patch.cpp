// white_patch: the brightest of each channel belongs to something white (max-RGB), here the mean of the brightest few zones.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: Land and McCann 1971, "Lightness and retinex theory"; the mean of the top instead of the maximum: Ebner 2007, chapter 6.
#include <algorithm>
#include <functional>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

constexpr double kTop = 0.03;  // of the zones: one zone alone may be a lamp or a reflection

class WhitePatch final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior&) override {
    const ZoneColors zones = zone_colors(statistics, {});
    const std::size_t top = std::min(zones.used.size(), static_cast<std::size_t>(1 + kTop * static_cast<double>(zones.used.size())));
    std::array<double, 3> sum{};
    for (int c = 0; c < 3; c++) {
      std::vector<float> levels;
      for (const ZoneColor& zone : zones.used) levels.push_back(zone.rgb[c]);
      std::sort(levels.begin(), levels.end(), std::greater<>());
      for (std::size_t i = 0; i < top; i++) sum[c] += levels[i];
    }
    return illuminant_of(zones, sum);
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_white_patch() { return std::make_unique<WhitePatch>(); }

}  // namespace argent

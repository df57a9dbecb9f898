// shades_of_grey: the scene's Minkowski mean is grey: between the average (p = 1) and the brightest (p = infinity).
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: Finlayson and Trezzi 2004, "Shades of gray and colour constancy"; p = 6 is theirs.
#include <cmath>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

constexpr double kPower = 6;

class ShadesOfGrey final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior&) override {
    const ZoneColors zones = zone_colors(statistics, {});
    std::array<double, 3> sum{};
    for (const ZoneColor& zone : zones.used) {
      for (int c = 0; c < 3; c++) sum[c] += std::pow(zone.rgb[c], kPower);
    }
    for (double& s : sum) s = std::pow(s, 1 / kPower);
    return illuminant_of(zones, sum);
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_shades_of_grey() { return std::make_unique<ShadesOfGrey>(); }

}  // namespace argent

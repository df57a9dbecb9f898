// grey_world: the scene is grey on average.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: Buchsbaum 1980, "A spatial processor model for object colour perception".
#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

class GreyWorld final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior&) override {
    const ZoneColors zones = zone_colors(statistics, {});
    std::array<double, 3> sum{};
    for (const ZoneColor& zone : zones.used) {
      for (int c = 0; c < 3; c++) sum[c] += zone.rgb[c];
    }
    return illuminant_of(zones, sum);
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_grey_world() { return std::make_unique<GreyWorld>(); }

}  // namespace argent

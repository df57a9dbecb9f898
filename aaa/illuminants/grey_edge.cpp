// grey_edge: the differences between neighbors are grey on (Minkowski) average.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: van de Weijer, Gevers and Gijsenij 2007, "Edge-based color constancy", eq. 8 with n = 1, p = 6.
#include <cmath>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

constexpr double kPower = 6;

class GreyEdge final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior&) override {
    const ZoneColors zones = zone_colors(statistics, {});
    std::array<double, 3> sum{};
    for (const ZoneColor& zone : zones.used) {
      const ZoneColor* right = zones.at(zone.column + 1, zone.row);
      const ZoneColor* below = zones.at(zone.column, zone.row + 1);
      if (right == nullptr || below == nullptr) continue;
      for (int c = 0; c < 3; c++) {
        const double gradient = std::hypot(right->rgb[c] - zone.rgb[c], below->rgb[c] - zone.rgb[c]);
        sum[c] += std::pow(gradient, kPower);
      }
    }
    for (double& s : sum) s = std::pow(s, 1 / kPower);
    return illuminant_of(zones, sum);
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_grey_edge() { return std::make_unique<GreyEdge>(); }

}  // namespace argent

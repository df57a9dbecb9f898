// grey_edge_second: second differences between neighbors are grey on (Minkowski) average.
//
// Domain: zone means before white balance -> color of the light in log-chroma.
// Source: van de Weijer, Gevers and Gijsenij 2007, "Edge-based color constancy", eq. 8 with n = 2, p = 6.
#include <cmath>

#include "aaa/illuminants/estimators.h"
#include "aaa/illuminants/zone_colors.h"

namespace argent {
namespace {

constexpr double kPower = 6;

class GreyEdgeSecond final : public IlluminantEstimator {
 public:
  Illuminant estimate(const Statistics& statistics, const IlluminantPrior&) override {
    const ZoneColors zones = zone_colors(statistics, {});
    std::array<double, 3> sum{};
    for (const ZoneColor& zone : zones.used) {
      const ZoneColor* left = zones.at(zone.column - 1, zone.row);
      const ZoneColor* right = zones.at(zone.column + 1, zone.row);
      const ZoneColor* above = zones.at(zone.column, zone.row - 1);
      const ZoneColor* below = zones.at(zone.column, zone.row + 1);
      const ZoneColor* corner = zones.at(zone.column + 1, zone.row + 1);
      if (left == nullptr || right == nullptr || above == nullptr || below == nullptr || corner == nullptr) continue;
      for (int c = 0; c < 3; c++) {
        const double xx = left->rgb[c] - 2 * zone.rgb[c] + right->rgb[c], yy = above->rgb[c] - 2 * zone.rgb[c] + below->rgb[c];
        const double xy = corner->rgb[c] - right->rgb[c] - below->rgb[c] + zone.rgb[c];
        const double square = xx * xx + 4 * xy * xy + yy * yy;
        sum[c] += square * square * square;  // to the power of 6 / 2
      }
    }
    for (double& s : sum) s = std::pow(s, 1 / kPower);
    return illuminant_of(zones, sum);
  }
};

}  // namespace

std::unique_ptr<IlluminantEstimator> make_grey_edge_second() { return std::make_unique<GreyEdgeSecond>(); }

}  // namespace argent

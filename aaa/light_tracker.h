// aaa/light_tracker.h - private: has the light on the whole scene changed, whatever moves in it?
//
// Against a reference frame every zone says by how much it has become brighter; the median over the zones is the light's doing. A lamp
// that swings, a subject that walks by move a few zones and not the median; a clipped zone says nothing and is left out, so that a light
// eight times as bright is measured right with half of the picture clipped. Where the zones disagree the scene is another one, and the
// next good frame is the new reference. Source: own.
#pragma once

#include <array>
#include <optional>

#include "isp/statistics.h"

namespace argent {

class LightTracker {
 public:
  /// EV by which the scene is brighter than the reference; nothing where that can't be said (after which a new reference may be taken).
  std::optional<double> change(const Statistics& statistics, double applied_ev) const;
  void set_reference(const Statistics& statistics, double applied_ev);

 private:
  static constexpr std::size_t kZones = Statistics::kMaxGrid * Statistics::kMaxGrid;
  std::array<float, kZones> reference_{};  ///< log2 of level over exposure; kUnknown: none
  int columns_ = 0, rows_ = 0;
};

}  // namespace argent

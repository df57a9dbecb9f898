// camera/ring_camera.h - a recording that never ends: its frames, held in memory, again and again.
//
// For measuring how fast the rest is: no disk, no simulation.
#pragma once

#include <memory>
#include <vector>

#include "camera/camera.h"

namespace argent {

class RingCamera : public Camera {
 public:
  /// Takes the first `frames` that `source` gives, or all when there are fewer. Throws Error: it gives none.
  RingCamera(Camera& source, std::size_t frames);

  /// Leases the ring's memory. Timestamps and sequence numbers go on at each turn.
  std::optional<RawFrame> next() override;
  bool skip() override;
  /// What was recorded stays as it was.
  void apply(const SensorSettings&) override {}

 private:
  std::vector<RawFrame> frames_;
  std::size_t next_ = 0;
  Microseconds turn_time_{0};        ///< of a whole turn
  std::uint64_t turn_sequence_ = 0;  ///< numbers that a turn has
  std::uint64_t turns_ = 0;
};

}  // namespace argent

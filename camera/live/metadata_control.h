// camera/live/metadata_control.h - settings go with libcamera's requests and come back with their metadata.
//
// For cameras whose sensor libcamera's algorithms own (Raspberry Pi, IPU3, RkISP1): AeEnable is off, ExposureTime, AnalogueGain and
// LensPosition are ours. No such camera was at hand: tested against metadata as they would come, not proven on hardware.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>

#include "camera/live/sensor_control.h"

namespace argent {

class MetadataControl : public SensorControl {
 public:
  /// `start`: in force from the first frame on. Throws Error: the camera offers no ExposureTime.
  MetadataControl(const OfferedControls& offered, const FrameDurationLimits& frames, const SensorSettings& start);

  const SensorLimits& limits() const override { return limits_; }
  std::string name() const override { return "libcamera's controls"; }
  const std::vector<std::string>& notes() const override { return notes_; }
  SensorSettings possible(const SensorSettings& settings) const override;
  void started() override {}
  void stopped() noexcept override {}
  void ask(const SensorSettings& settings) override;
  void ask_bracket(std::span<const SensorSettings> steps) override;
  RequestControls request_controls() override;
  std::optional<ShownSettings> shown(const CompletedBuffer& frame) override;
  void check() override {}

 private:
  struct Asked {
    std::uint64_t decision = 0;
    SensorSettings settings;
    int bracket_step = -1;
    int requests = 1, frames = 0;  ///< that carried it; that showed it
  };
  using Sent = std::deque<Asked>;

  Asked next_request();
  /// What made a frame that shows these settings; forgets what is older, as frames come in the order of their requests. nullptr: nobody.
  const Asked* match(const SensorSettings& shown);
  Sent::iterator next_of_equals(Sent::iterator first);

  OfferedControls offered_;
  FrameDurationLimits frames_;
  SensorLimits limits_;
  std::vector<std::string> notes_;
  mutable std::mutex mutex_;
  std::uint64_t decisions_ = 0;
  Asked current_;              ///< goes with every request
  std::deque<Asked> bracket_;  ///< one request each, before current_ comes again
  Sent sent_;                  ///< oldest first: the one shown last, then those on their way
};

}  // namespace argent

// camera/ledger.h - the ledger of what was asked and what landed: which decision a frame shows.
//
// A control written while frame M is exposed is in force from frame M + its latency on. Exposure and gain of one decision have to meet
// on one frame, so the quicker one waits. Frames that get lost count: the sensor exposed them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

struct ControlLatencies {
  int exposure = 2, gain = 2, lens = 1;  ///< frames
  int frame_length = 0;                  ///< frames; 0: it never changes
};

class Ledger {
 public:
  struct Entry {
    std::uint64_t decision = 0;  ///< from 1; 0: the start settings
    std::uint64_t frame = 0;     ///< where exposure and gain land
    std::uint64_t lens_frame = 0;
    SensorSettings settings;
    int bracket_step = -1;  ///< of a bracket; -1: an ordinary decision
  };

  /// What the driver has to write while a frame is exposed. Absent: nothing.
  struct Writes {
    std::optional<Microseconds> exposure;
    std::optional<float> analogue_gain, lens_position;
  };

  Ledger(const ControlLatencies& latencies, const SensorSettings& start);

  /// A decision made while frame `exposing` is exposed; a later one for the same frame replaces it. While a bracket is under way, an
  /// ordinary decision lands behind it. Returns its number.
  std::uint64_t ask(std::uint64_t exposing, const SensorSettings& settings);

  /// Settings for as many frames in a row. Steps whose frames get lost are asked for again until each was delivered.
  void ask_bracket(std::uint64_t exposing, std::span<const SensorSettings> steps);

  /// At the start of frame `exposing`, for each in turn, and again after ask().
  Writes writes(std::uint64_t exposing) const;

  /// A frame arrived while `exposing` is exposed; those between it and the one before are lost. Forgets what no later frame can show.
  void arrived(std::uint64_t frame, std::uint64_t exposing);

  /// The decision that a frame shows in exposure and gain. Frames that arrived() long ago are forgotten.
  const Entry& at(std::uint64_t frame) const;

  /// The settings in force: exposure and gain of at(), lens where its last command put it.
  SensorSettings settings_at(std::uint64_t frame) const;

  bool bracket_pending(std::uint64_t frame) const { return frame < bracket_end_; }
  const ControlLatencies& latencies() const { return latencies_; }

 private:
  int slower() const;
  std::uint64_t schedule(std::uint64_t frame, std::uint64_t lens_frame, const SensorSettings& settings, int step);
  void schedule_steps(std::uint64_t exposing, std::span<const Entry> steps);

  ControlLatencies latencies_;
  std::deque<Entry> entries_;      ///< by rising frame; the first one is in force before all others
  std::uint64_t decisions_ = 0;    ///< asked so far
  std::uint64_t bracket_end_ = 0;  ///< the frame after the last step
  std::optional<std::uint64_t> last_arrived_;
};

}  // namespace argent

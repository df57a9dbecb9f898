// calibration/contest/score.h - a closed loop frame by frame, and the few numbers that tell good from bad.
//
// Frames are counted from the first that shows or is asked for an event: with latency 2, a correction decided on frame 0 lands on frame 3.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "aaa/decision.h"

namespace argent {

/// One frame: what was true, what was in force, what was decided on it.
struct FrameRecord {
  int frame = 0;
  double seconds = 0;
  std::uint64_t sequence = 0;

  SensorSettings applied;
  double brightness = 0;           ///< noise-free luma of the picture before digital gain, never saturated: scene x exposure x gain
  double exposure_error = 0;       ///< EV that the noise-free frame, with at most 5 % of digital gain, lacks for the target
  double picture_error = 0;        ///< the same with all of the digital gain
  double clipped = 0;              ///< fraction of the noise-free frame
  double flicker_modulation = 0;   ///< amplitude in the row sums
  float flicker_period_us = 0;     ///< of the light; 0: steady
  double longest_exposure_us = 0;  ///< that the frame rate allows
  float cct = 0;                   ///< kelvin, of the light
  std::array<float, 2> white{};    ///< (log R/G, log B/G) of a white surface
  double zone_angle = 0, zone_angle_plain = 0;  ///< degrees, mean over zones with the gain map and without; 0: one light everywhere
  float lens_position = 0, sharpest = 0, depth_of_field = 0;  ///< dioptres

  Decision decision;
};

/// What became of one change: of the light, or of what is asked of exposure and white balance.
struct StepScore {
  int frame = 0;               ///< of the event
  std::optional<int> reached;  ///< first frame whose exposure is within 2 %, whatever comes later
  int upset = 0;               ///< longest stretch of frames after it whose picture's brightness is off by more than 2 %
  /// First frame whose exposure is within 2 %, and from which on the picture's brightness is: once there, a probe for flicker that
  /// digital gain makes up for unsettles nothing.
  std::optional<int> settled;
  bool clips = false;                   ///< the first frame has more than 1 % clipped
  std::optional<int> unclipped;         ///< first frame with no more than that; absent: never, or nothing was
  double overshoot = 0;                 ///< how far past the target on the way, relative
  std::optional<int> balance_followed;  ///< first frame from which 90 % of a change of cct is followed, in mired
};

/// Modulation in the row sums from which on a period has to be found: an amplitude, relative to their mean.
inline constexpr double kShownModulation = 0.02;
inline constexpr int kTimeToFind = 30;  ///< frames

/// Mains flicker. Frames are counted from the run's first.
struct FlickerScore {
  bool pulses = false;  ///< the light does
  /// First of the frames on end that show kShownModulation or more: as many as it takes to find the period, or more than kTimeToFind.
  /// Absent: the run shows less, or only in passing, as while the first exposure is corrected.
  std::optional<int> shown;
  std::optional<int> found;           ///< first frame from which the light's own period is held to the end
  std::optional<int> frames_to_find;  ///< from `shown` to `found`, at least 0; absent when either is
  bool wrong = false;                 ///< some frame claimed another period, or one where the light is steady
  bool avoidable = false;  ///< at the end, a whole period fits into the exposure that the scene asks for and the frame rate allows
  bool avoided = false;    ///< the last decision exposes for whole periods
  double residual = 0;     ///< modulation in the last tenth
};

struct RunScore {
  std::vector<StepScore> steps;
  double exposure_ripple = 0;       ///< rms of the picture's brightness (with digital gain) at rest, relative
  int hunting = 0;                  ///< changes of the exposure's direction at rest
  double final_exposure_error = 0;  ///< EV, mean over the last tenth

  FlickerScore flicker;

  double balance_error = 0;                     ///< mired, mean over the last tenth, signed: estimate - truth; 0 without a cct
  double balance_angle = 0;                     ///< degrees, mean over the last tenth
  double zone_angle = 0, zone_angle_plain = 0;  ///< degrees, mean over zones and the last tenth: with the gain map, without
  bool two_lights = false;                      ///< found on the last frame
  double balance_wobble = 0;                    ///< mired, rms about their mean at rest

  std::optional<int> focus_reached;  ///< frames from the trigger to Focused
  AfState focus_state = AfState::kIdle;
  double focus_error = 0;  ///< in depths of field, at the end: 0.5 is the edge of sharp
};

/// `events`: frames at which the light changed, or what was asked of exposure or balance; `trigger`: frame of the AF trigger, -1: none.
RunScore score(std::span<const FrameRecord> frames, std::span<const int> events, int trigger);

}  // namespace argent

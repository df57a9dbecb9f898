// samples/trace_log.h - the log of a closed loop: one JSON object a frame, one line each. `argent explain` reads it.
#pragma once

#include <string>
#include <string_view>

#include "calibration/contest/score.h"

namespace argent {

enum class LoggedTruth { kKnown, kUnknown };

/// frame, seconds, applied, exposure, flicker, white_balance, focus, truth (where it is known: in a simulation). Ends with a line end.
std::string log_line(const FrameRecord& record, LoggedTruth truth = LoggedTruth::kKnown);

/// One line of a log in words and numbers: why exposure, gains and lens are what they are. Throws Error when it is no such line.
std::string explanation_of(std::string_view line);

/// The frame's number. Throws Error when it is no line of a log.
int frame_of_log_line(std::string_view line);

}  // namespace argent

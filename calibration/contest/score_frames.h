// calibration/contest/score_frames.h - private: what the scores of a run have in common.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "calibration/contest/score.h"

namespace argent {

using Frames = std::span<const FrameRecord>;

/// Not empty unless `frames` is.
inline Frames last_tenth(Frames frames) { return frames.last(std::min(frames.size(), std::max<std::size_t>(1, frames.size() / 10))); }

/// 0 of no frames. `value`: of a frame.
template <class Value>
double mean_of(Frames frames, Value value) {
  double sum = 0;
  for (const FrameRecord& f : frames) sum += value(f);
  return frames.empty() ? 0 : sum / static_cast<double>(frames.size());
}

/// First frame from which `good` holds to the end, counted from the first of `frames`.
template <class Good>
std::optional<int> from_when(Frames frames, Good good) {
  std::optional<int> since;
  for (std::size_t i = 0; i < frames.size(); i++) {
    if (!good(frames[i])) {
      since.reset();
    } else if (!since) {
      since = static_cast<int>(i);
    }
  }
  return since;
}

}  // namespace argent

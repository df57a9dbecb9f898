// calibration/calibrate/capture_loader.h - private: captures of a set as frames, alike in what has to be alike.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "calibration/calibrate/calibration.h"
#include "calibration/set/calibration_set.h"
#include "isp/frame.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// A capture's frame. `label` is the set's.
struct Loaded {
  const LabelledCapture* label = nullptr;
  RawFrame frame;
};

/// Loads captures with unpacked codes. What can't be used becomes a finding, once: files that can't be read, mosaics that calibration
/// doesn't measure, another size or mosaic than the first capture's, the same pixels as another capture's.
class CaptureLoader {
 public:
  CaptureLoader(const CalibrationSet& set, std::vector<CalibrationFinding>& findings) : set_(set), findings_(findings) {}

  /// Those of a kind, in the set's order.
  std::vector<const LabelledCapture*> of_kind(CaptureKind kind) const;
  /// In the same order, without those that can't be used.
  std::deque<Loaded> load(const std::vector<const LabelledCapture*>& labels);

  /// Levels that were measured replace those of all files from now on.
  void set_levels(const std::array<double, 4>& black, const std::array<double, 4>& white);
  BufferPool& pool() { return pool_; }

 private:
  RawFrame frame_of(const LabelledCapture& label);
  void check_like_first(const LabelledCapture& label, const RawFrame& frame);

  const CalibrationSet& set_;
  std::vector<CalibrationFinding>& findings_;
  BufferPool pool_;
  std::optional<SensorInfo> first_;
  std::optional<std::array<float, 4>> black_, white_;
  std::map<std::uint64_t, const LabelledCapture*> seen_;  ///< by a hash of the pixels
  std::map<const LabelledCapture*, bool> refused_;
};

/// Settings that are the same but for rounding.
bool is_same_setting(double a, double b);

}  // namespace argent

// camera/live/subdevice_control.h - sensor and lens driven by their V4L2 sub-devices, while libcamera only moves the buffers.
//
// The kernel tells when a frame starts (V4L2_EVENT_FRAME_SYNC); each control is written so long before its frame as its latency asks,
// exposure and gain of one decision for the same frame. What was really in force is booked by when each write happened, so that a write
// that comes late on a busy machine is known to be late.
#pragma once

#include <map>
#include <memory>

#include "camera/ledger.h"
#include "camera/lens_map.h"
#include "camera/live/media_graph.h"
#include "camera/live/metadata_control.h"
#include "camera/sensor_response.h"
#include "camera/sensor_table.h"

namespace argent {

struct SubdeviceOptions {
  FrameDurationLimits frames;
  std::optional<LensMap> lens;                ///< absent: assumed_lens_map()
  std::optional<ControlLatencies> latencies;  ///< absent: the sensor table's
  std::optional<GainModel> gain;              ///< absent: the sensor table's
  std::optional<SettingsDelays> delays;       ///< of exposure and gain, instead of the latencies'
  std::optional<GainTable> gains;             ///< what the codes' gains really are; absent: what the model says
};

/// After the camera was configured (its mode decides the ranges), before it starts. `start`: in force from the first frame on; an exposure
/// of 0 leaves the driver's. Throws Error: a node can't be opened, or nobody tells when frames start.
std::unique_ptr<SensorControl> make_subdevice_control(const SensorNodes& nodes, const std::string& model, const SubdeviceOptions& options,
                                                      const SensorSettings& start);

}  // namespace argent

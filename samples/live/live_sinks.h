// samples/live/live_sinks.h - the sinks that the command line names.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "samples/live/live_loop.h"
#include "samples/live/live_options.h"

namespace argent {

/// What connects the sinks with the program around them.
struct LiveWires {
  std::atomic<bool>& stop;   ///< a sink may set it: a key, a reader gone
  std::atomic<bool>& still;  ///< set by a signal
  std::function<void(const std::string&)> message;
};

/// Throws Error: a file exists, a device is missing, or this build lacks the sink.
void add_sinks(LiveLoop& loop, LiveControl& control, const LiveOptions& options, const LiveWires& wires);

}  // namespace argent

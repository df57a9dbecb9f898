// samples/live/sink.h - where the frames of a live camera go: any number of sinks behind one loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aaa/decision.h"
#include "aaa/request.h"
#include "isp/frame.h"
#include "isp/image.h"
#include "isp/statistics.h"

namespace argent {

/// One frame on its way through the loop. All of it is shared and constant: a sink may keep it as long as it likes, at the price of the
/// camera's buffer behind `raw`.
struct LiveFrame {
  std::uint64_t number = 0;  ///< counted by the loop, from 0
  int bracket_step = -1;     ///< of a bracket that was asked for; -1: an ordinary frame
  int openings = 0;          ///< how often the camera was opened again before: it counts its frames anew each time
  std::shared_ptr<const RawFrame> raw;
  std::shared_ptr<const Statistics> statistics;
  std::shared_ptr<const Request> request;    ///< what was asked of this frame
  std::shared_ptr<const Decision> decision;  ///< what was decided on it
  std::shared_ptr<const Image> picture;      ///< rendered with decision->controls, RGB of 8 bits; null: no sink wanted one
};

class Sink {
 public:
  virtual ~Sink() = default;

  /// "y4m out.y4m", for messages.
  virtual std::string name() const = 0;

  /// Whether this sink needs the next frame's picture. Asked before each frame, so that a sink may take every other one.
  virtual bool wants_picture() const = 0;

  /// Called from the loop's thread, in the frames' order, and has to return at once: what takes longer than a frame has a thread of its
  /// own and drops. Throws Error when the sink can't go on: it is closed, the others go on.
  virtual void take(const LiveFrame& frame) = 0;

  /// No more frames come: write what is left. Throws Error.
  virtual void finish() {}

  /// Frames that this sink had to leave out.
  virtual std::uint64_t dropped() const { return 0; }
};

}  // namespace argent

// samples/live/queued_sink.h - a slow writer (encoder, disk, device) behind a thread and a short queue of its own.
//
//   loop.add(std::make_unique<QueuedSink>(std::make_unique<Y4mVideo>(path), QueuedSink::Options{}));
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "models/runtime/buffer_pool.h"
#include "samples/live/background_queue.h"
#include "samples/live/sink.h"

namespace argent {

/// What a QueuedSink's thread does with the frames; finish(), too, is called there.
class FrameWriter {
 public:
  virtual ~FrameWriter() = default;
  virtual std::string name() const = 0;
  virtual bool wants_picture() const = 0;  ///< constant
  virtual bool wants_raw() const = 0;      ///< constant; true: it gets a copy, as the camera has few buffers
  /// Throws Error when it can't go on.
  virtual void write(const LiveFrame& frame) = 0;
  /// After the last frame. Throws Error.
  virtual void finish() {}
};

enum class WhenFull {
  kDrop,  ///< the new frame: the loop never waits
  kWait,  ///< the loop does: every frame is written
};

class QueuedSink : public Sink {
 public:
  struct Options {
    std::size_t depth = 4;  ///< frames that wait
    WhenFull when_full = WhenFull::kDrop;
  };

  QueuedSink(std::unique_ptr<FrameWriter> writer, Options options);

  std::string name() const override { return writer_->name(); }
  bool wants_picture() const override { return writer_->wants_picture(); }
  void take(const LiveFrame& frame) override;
  void finish() override;
  std::uint64_t dropped() const override { return dropped_; }

 private:
  std::unique_ptr<FrameWriter> writer_;
  Options options_;
  BufferPool pool_;  ///< of copies of raw frames
  std::atomic<std::uint64_t> dropped_{0};
  BackgroundQueue queue_;  ///< last: its thread uses the writer
};

}  // namespace argent

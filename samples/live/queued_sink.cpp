#include "samples/live/queued_sink.h"

#include <utility>

#include "isp/packed_codes.h"

namespace argent {

QueuedSink::QueuedSink(std::unique_ptr<FrameWriter> writer, Options options)
    : writer_(std::move(writer)), options_(options), queue_(options.depth) {}

void QueuedSink::take(const LiveFrame& frame) {
  LiveFrame kept = frame;
  kept.raw = writer_->wants_raw() ? std::make_shared<const RawFrame>(copied(*frame.raw, pool_)) : nullptr;
  if (!writer_->wants_picture()) kept.picture.reset();
  auto job = [this, kept = std::move(kept)] { writer_->write(kept); };
  if (options_.when_full == WhenFull::kWait) {
    queue_.put(std::move(job));
  } else if (!queue_.offer(std::move(job))) {
    dropped_++;
  }
}

void QueuedSink::finish() {
  queue_.put([this] { writer_->finish(); });
  queue_.finish();
}

}  // namespace argent

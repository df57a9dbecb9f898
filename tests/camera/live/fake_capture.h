// tests/camera/live/fake_capture.h - buffers and metadata without libcamera: what a test plays back.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "camera/live/capture_device.h"
#include "models/runtime/error.h"

namespace argent {

class FakeMapping : public BufferMapping {
 public:
  explicit FakeMapping(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  const std::byte* pixels() const override { return bytes_.data(); }
  void begin_read() const override { readers++; }
  void end_read() const noexcept override { readers--; }

  mutable int readers = 0;

 private:
  std::vector<std::byte> bytes_;
};

/// What happened to a FakeDevice; outlives it.
struct FakeRecord {
  std::vector<std::size_t> queued;  ///< buffers given back, in order
  std::vector<RequestControls> controls;
  bool stopped = false, abandoned = false;
};

class FakeDevice : public CaptureDevice {
 public:
  FakeDevice(CaptureStream stream, std::deque<CompletedBuffer> frames, std::shared_ptr<FakeRecord> record, std::vector<std::byte> bytes)
      : stream_(std::move(stream)), frames_(std::move(frames)), record_(std::move(record)) {
    for (std::size_t i = 0; i < stream_.buffers; i++) mappings_.push_back(std::make_shared<FakeMapping>(bytes));
  }

  const CaptureStream& stream() const override { return stream_; }
  std::shared_ptr<const BufferMapping> mapping(std::size_t buffer) const override { return mappings_.at(buffer); }
  void start(const RequestControls& controls) override { record_->controls.push_back(controls); }
  void stop() noexcept override { record_->stopped = true; }
  void abandon() noexcept override { record_->abandoned = true; }
  void queue(std::size_t buffer, const RequestControls& controls) override {
    record_->queued.push_back(buffer);
    record_->controls.push_back(controls);
  }
  /// Throws Error, as a camera that is gone does, when all has been played.
  std::optional<CompletedBuffer> wait(std::chrono::milliseconds) override {
    if (frames_.empty()) throw Error("camera \"fake\" was disconnected");
    CompletedBuffer next = frames_.front();
    frames_.pop_front();
    return next;
  }
  std::size_t waiting() const override { return ready ? ready() : 0; }

  std::function<std::size_t()> ready;  ///< how many wait; absent: none
  std::vector<std::shared_ptr<FakeMapping>> mappings_;

 private:
  CaptureStream stream_;
  std::deque<CompletedBuffer> frames_;
  std::shared_ptr<FakeRecord> record_;
};

}  // namespace argent

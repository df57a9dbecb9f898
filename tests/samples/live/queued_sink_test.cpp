#include "samples/live/queued_sink.h"

#include <gtest/gtest.h>

#include <latch>
#include <vector>

#include "models/runtime/error.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

/// Notes what it gets; waits before the first frame until it is let go.
struct Notes {
  std::latch started{1}, go{1};
  std::vector<std::uint64_t> numbers;
  std::vector<bool> raws;
  bool finished = false;
  std::thread::id thread, finish_thread;
};

class NotingWriter : public FrameWriter {
 public:
  explicit NotingWriter(Notes& notes, int fail_at = -1, bool raw = false) : notes_(notes), fail_at_(fail_at), raw_(raw) {}
  std::string name() const override { return "noting"; }
  bool wants_picture() const override { return false; }
  bool wants_raw() const override { return raw_; }
  void write(const LiveFrame& frame) override {
    if (notes_.numbers.empty()) {
      notes_.started.count_down();
      notes_.go.wait();
    }
    if (static_cast<int>(frame.number) == fail_at_) throw Error("disk full");
    notes_.thread = std::this_thread::get_id();
    notes_.numbers.push_back(frame.number);
    notes_.raws.push_back(frame.raw != nullptr || frame.picture != nullptr);
  }
  void finish() override {
    notes_.finished = true;
    notes_.finish_thread = std::this_thread::get_id();
  }

 private:
  Notes& notes_;
  int fail_at_;
  bool raw_;
};

LiveFrame numbered(std::uint64_t number) {
  LiveFrame frame = frame_at(0);
  frame.number = number;
  frame.raw = std::make_shared<const RawFrame>();
  return frame;
}

TEST(QueuedSink, DropsWhatFindsNoPlaceAndKeepsTheOrder) {
  Notes notes;
  QueuedSink sink(std::make_unique<NotingWriter>(notes), {3, WhenFull::kDrop});
  sink.take(numbered(0));
  notes.started.wait();  // frame 0 is being written: the line is empty
  for (std::uint64_t i = 1; i < 10; i++) sink.take(numbered(i));
  EXPECT_EQ(sink.dropped(), 6U);
  notes.go.count_down();
  sink.finish();
  EXPECT_EQ(notes.numbers, (std::vector<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(notes.finished);
  EXPECT_EQ(notes.thread, notes.finish_thread);
}

TEST(QueuedSink, GivesBackWhatTheWriterDoesNotWant) {
  Notes notes;
  notes.go.count_down();
  QueuedSink sink(std::make_unique<NotingWriter>(notes), {4, WhenFull::kDrop});
  const LiveFrame frame = numbered(0);
  sink.take(frame);
  sink.finish();
  EXPECT_EQ(notes.raws, std::vector<bool>{false});
  EXPECT_EQ(frame.raw.use_count(), 1);
}

TEST(QueuedSink, KeepsNoBufferOfTheCameraWhileRawFramesWait) {
  Notes notes;
  QueuedSink sink(std::make_unique<NotingWriter>(notes, -1, true), {8, WhenFull::kDrop});
  const auto buffer = std::make_shared<std::vector<std::uint16_t>>(8);
  for (std::uint64_t i = 0; i < 6; i++) {
    LiveFrame frame = numbered(i);
    RawFrame raw;
    raw.sensor.active = {4, 2};
    raw.data = buffer->data();
    raw.stride = 4;
    raw.lease = buffer;
    frame.raw = std::make_shared<const RawFrame>(std::move(raw));
    sink.take(frame);
  }
  EXPECT_EQ(buffer.use_count(), 1);
  notes.go.count_down();
  sink.finish();
  EXPECT_EQ(notes.raws, std::vector<bool>(6, true));
}

TEST(QueuedSink, WaitsInsteadOfDroppingWhenTold) {
  Notes notes;
  notes.go.count_down();
  QueuedSink sink(std::make_unique<NotingWriter>(notes), {1, WhenFull::kWait});
  for (std::uint64_t i = 0; i < 200; i++) sink.take(numbered(i));
  sink.finish();
  EXPECT_EQ(sink.dropped(), 0U);
  EXPECT_EQ(notes.numbers.size(), 200U);
}

TEST(QueuedSink, AFailureComesOutOfTheNextCall) {
  Notes notes;
  notes.go.count_down();
  QueuedSink sink(std::make_unique<NotingWriter>(notes, 1), {1, WhenFull::kWait});
  EXPECT_THROW(
      {
        for (std::uint64_t i = 0; i < 5; i++) sink.take(numbered(i));
        sink.finish();
      },
      Error);
  EXPECT_EQ(notes.numbers, std::vector<std::uint64_t>{0});
  EXPECT_FALSE(notes.finished);
}

}  // namespace
}  // namespace argent

#include "samples/live/live_loop.h"

#include <gtest/gtest.h>

#include "camera/simulation/simulated_camera.h"
#include "models/runtime/error.h"
#include "samples/live/data_writers.h"
#include "samples/live/recording.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

LiveSourceOptions small_simulation() {
  LiveSourceOptions options;
  options.size = Size{64, 48};
  return options;
}

/// Keeps what it sees.
class Memory : public Sink {
 public:
  struct Seen {
    std::vector<LiveFrame> frames;
    bool finished = false;
  };
  explicit Memory(Seen& seen, int picture_every = 0) : seen_(seen), picture_every_(picture_every) {}
  std::string name() const override { return "memory"; }
  bool wants_picture() const override { return picture_every_ > 0 && static_cast<int>(seen_.frames.size()) % picture_every_ == 0; }
  void take(const LiveFrame& frame) override { seen_.frames.push_back(frame); }
  void finish() override { seen_.finished = true; }

 private:
  Seen& seen_;
  int picture_every_;
};

class Failing : public Sink {
 public:
  std::string name() const override { return "failing"; }
  bool wants_picture() const override { return true; }
  void take(const LiveFrame&) override { throw Error("full"); }
};

LiveLoopOptions fast(std::uint64_t frames) {
  LiveLoopOptions options;
  options.frames = frames;
  options.pace = Pace::kFastest;
  return options;
}

/// Where a BrokenCamera is first seen to be gone.
enum class FailsIn { kNext, kApply };

/// Frames of the simulated camera; gone from frame `fail_at` on, or from the settings decided on that frame on.
class BrokenCamera : public SimulatedCamera {
 public:
  BrokenCamera(const Scenario& scenario, int fail_at, FailsIn in) : SimulatedCamera(scenario), fail_at_(fail_at), in_(in) {}
  std::optional<RawFrame> next() override {
    if (gone_ || (in_ == FailsIn::kNext && frame_ == fail_at_)) throw Error("unplugged");
    frame_++;
    return SimulatedCamera::next();
  }
  void apply(const SensorSettings& settings) override {
    gone_ = gone_ || (in_ == FailsIn::kApply && frame_ - 1 == fail_at_);
    if (gone_) throw Error("unplugged");
    SimulatedCamera::apply(settings);
  }

 private:
  int fail_at_, frame_ = 0;
  FailsIn in_;
  bool gone_ = false;
};

TEST(LiveLoop, ShowsEachFrameWithWhatWasDecidedOnIt) {
  LiveControl control;
  LiveLoop loop([] { return open_camera(small_simulation()); }, control, fast(20));
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen, 3));
  std::atomic<bool> stop{false};
  loop.run(stop);
  ASSERT_EQ(seen.frames.size(), 20U);
  EXPECT_TRUE(seen.finished);
  EXPECT_EQ(loop.lost(), 0U);
  for (std::size_t i = 0; i < 20; i++) {
    EXPECT_EQ(seen.frames[i].number, i);
    EXPECT_EQ(seen.frames[i].statistics->applied, seen.frames[i].raw->applied);
    EXPECT_EQ(seen.frames[i].picture != nullptr, i % 3 == 0) << i;
  }
  // What was decided lands: the frame that shows decision 1 has its exposure, within a line.
  for (const LiveFrame& frame : seen.frames) {
    const std::uint64_t decision = frame.raw->applied.decision;
    if (decision == 0) continue;
    const Microseconds asked = seen.frames[decision - 1].decision->controls.sensor.exposure;
    EXPECT_NEAR(frame.raw->applied.settings.exposure.count(), asked.count(), frame.raw->applied.line_time.count());
  }
}

TEST(LiveLoop, ChangesReachTheNextFrameAndTriggersOneOnly) {
  LiveControl control;
  LiveLoop loop([] { return open_camera(small_simulation()); }, control, fast(3));
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen));
  control.change([](Request& r) {
    r.exposure_value = 1;
    r.af_trigger = AfTrigger::kStart;
  });
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_EQ(seen.frames[0].request->exposure_value, 1);
  EXPECT_EQ(seen.frames[0].request->af_trigger, AfTrigger::kStart);
  EXPECT_EQ(seen.frames[1].request->af_trigger, std::nullopt);
  EXPECT_EQ(seen.frames[2].request->exposure_value, 1);
}

/// What is said of a sink that fails, while another one sees all frames.
std::vector<std::string> said_beside(std::unique_ptr<Sink> failing) {
  LiveControl control;
  LiveLoopOptions options = fast(5);
  std::vector<std::string> messages;
  options.message = [&](const std::string& text) { messages.push_back(text); };
  LiveLoop loop([] { return open_camera(small_simulation()); }, control, options);
  Memory::Seen seen;
  loop.add(std::move(failing));
  loop.add(std::make_unique<Memory>(seen));
  std::atomic<bool> stop{false};
  EXPECT_THROW(loop.run(stop), Error);
  EXPECT_EQ(seen.frames.size(), 5U);
  EXPECT_TRUE(seen.finished);
  return messages;
}

TEST(LiveLoop, ASinkThatFailsIsLeftOutAndSaid) {
  EXPECT_EQ(said_beside(std::make_unique<Failing>()), std::vector<std::string>{"failing: full"});
}

LiveSource broken(int fail_at, bool comes_back, FailsIn in = FailsIn::kNext) {
  Scenario scenario;
  scenario.sensor.size = {64, 48};
  LiveSource source;
  source.camera = std::make_unique<BrokenCamera>(scenario, fail_at, in);
  source.comes_back = comes_back;
  return source;
}

/// One whose library throws what it likes.
class FailingOtherwise : public Failing {
 public:
  explicit FailingOtherwise(bool at_the_end) : at_the_end_(at_the_end) {}
  void take(const LiveFrame&) override {
    if (!at_the_end_) throw std::runtime_error("full");
  }
  void finish() override { throw std::runtime_error("no trailer"); }

 private:
  bool at_the_end_;
};

TEST(LiveLoop, WhateverASinkThrowsTheOthersGoOn) {
  EXPECT_EQ(said_beside(std::make_unique<FailingOtherwise>(false)), std::vector<std::string>{"failing: full"});
  EXPECT_EQ(said_beside(std::make_unique<FailingOtherwise>(true)), std::vector<std::string>{"failing: no trailer"});
}

TEST(LiveLoop, ACameraThatIsGoneIsOpenedAgain) {
  LiveControl control;
  int opened = 0;
  std::vector<std::string> messages;
  LiveLoopOptions options = fast(10);
  options.message = [&](const std::string& text) { messages.push_back(text); };
  const auto open = [&] {
    opened++;
    if (opened == 2) throw Error("still gone");
    return broken(opened == 1 ? 4 : -1, true);
  };
  LiveLoop loop(open, control, options);
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen));
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_EQ(opened, 3);
  EXPECT_EQ(seen.frames.size(), 10U);
  EXPECT_EQ(seen.frames[4].raw->applied.sequence, 0U);
  EXPECT_EQ(messages, (std::vector<std::string>{"the camera is gone: unplugged; waiting for it to come back", "the camera is back"}));
}

TEST(LiveLoop, OneThatIsSeenToBeGoneWhenSettingsAreApplied) {
  LiveControl control;
  int opened = 0;
  std::vector<std::string> messages;
  LiveLoopOptions options = fast(10);
  options.message = [&](const std::string& text) { messages.push_back(text); };
  LiveLoop loop([&] { return broken(opened++ == 0 ? 3 : -1, true, FailsIn::kApply); }, control, options);
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen));
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(seen.frames.size(), 10U);  // the frame itself was good
  EXPECT_EQ(seen.frames[4].raw->applied.sequence, 0U);
  EXPECT_EQ(messages, (std::vector<std::string>{"the camera is gone: unplugged; waiting for it to come back", "the camera is back"}));

  LiveLoop for_good([] { return broken(3, false, FailsIn::kApply); }, control, fast(10));
  EXPECT_THROW(for_good.run(stop), Error);
}

TEST(LiveLoop, ACameraThatFailsForGoodEndsItAndTheSinksAreFinished) {
  LiveControl control;
  LiveLoop loop([] { return broken(4, false); }, control, fast(10));
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen));
  std::atomic<bool> stop{false};
  EXPECT_THROW(loop.run(stop), Error);
  EXPECT_EQ(seen.frames.size(), 4U);
  EXPECT_TRUE(seen.finished);
}

TEST(LiveLoop, LostFramesAreCountedByTheirSequence) {
  LiveControl control;
  Scenario scenario;
  scenario.sensor.size = {64, 48};
  scenario.sensor.drop_rate = 0.3f;
  const auto open = [&] {
    LiveSource source;
    source.camera = std::make_unique<SimulatedCamera>(scenario);
    return source;
  };
  LiveLoop loop(open, control, fast(50));
  Memory::Seen seen;
  loop.add(std::make_unique<Memory>(seen));
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_GT(loop.lost(), 0U);
  EXPECT_EQ(loop.lost(), seen.frames.back().raw->applied.sequence + 1 - 50);
}

class Replay : public LiveFiles {};

TEST_F(Replay, ARecordingDecidesTheSame) {
  std::atomic<bool> stop{false};
  LiveControl control;
  Request request;
  request.exposure_value = 0.7f;
  request.af_mode = AfMode::kAuto;
  request.af_trigger = AfTrigger::kStart;
  control.change([&](Request& r) { r = request; });
  LiveLoop live([] { return open_camera(small_simulation()); }, control, fast(60));
  Memory::Seen first;
  live.add(
      std::make_unique<QueuedSink>(std::make_unique<RecordingWriter>(file("r"), live.profile()), QueuedSink::Options{4, WhenFull::kWait}));
  live.add(std::make_unique<Memory>(first));
  live.run(stop);

  LiveControl other;
  LiveSourceOptions recording;
  recording.camera = file("r").string();
  LiveLoopOptions options = fast(0);
  options.replay = [requests = RecordedRequests(file("r"))](const RawFrame& frame) { return requests.of(frame); };
  LiveLoop again([&] { return open_camera(recording); }, other, options);
  Memory::Seen second;
  again.add(std::make_unique<Memory>(second));
  again.run(stop);
  ASSERT_EQ(second.frames.size(), 60U);
  for (std::size_t i = 0; i < 60; i++) {
    EXPECT_EQ(*second.frames[i].request, *first.frames[i].request) << i;
    EXPECT_EQ(*second.frames[i].decision, *first.frames[i].decision) << i;
  }
}

TEST_F(Replay, ARecordingEndsWhereTheCameraCountsAnew) {
  LiveControl control;
  int opened = 0;
  std::vector<std::string> messages;
  LiveLoopOptions options = fast(10);
  options.message = [&](const std::string& text) { messages.push_back(text); };
  LiveLoop loop([&] { return broken(opened++ == 0 ? 4 : -1, true); }, control, options);
  loop.add(
      std::make_unique<QueuedSink>(std::make_unique<RecordingWriter>(file("r"), loop.profile()), QueuedSink::Options{4, WhenFull::kWait}));
  std::atomic<bool> stop{false};
  EXPECT_THROW(loop.run(stop), Error);
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[2], "recording " + file("r").string() +
                             ": it ends before frame-00000004.raw: the camera was opened again and counts its frames anew");
  EXPECT_NO_THROW(RecordedRequests{file("r")});
  EXPECT_TRUE(std::filesystem::exists(file("r") / "frame-00000003.raw"));
  EXPECT_FALSE(std::filesystem::exists(file("r") / "frame-00000004.raw"));
}

TEST_F(Replay, WrongRequestsAreRefused) {
  EXPECT_THROW(RecordedRequests(file("nothing")), Error);
  for (const char* text :
       {"x ExposureValue=1\n", "1\n", "1 ExposureValue=99\n", "1 Nonsense=1\n", "\n", "1 ExposureValue=1\n1 ExposureValue=0\n"}) {
    std::ofstream(file("requests.txt")) << text;
    EXPECT_THROW(RecordedRequests(file("")), Error) << text;
  }
  std::ofstream(file("requests.txt")) << "7 ExposureValue=1\n";
  const RecordedRequests requests(file(""));
  RawFrame frame;
  frame.applied.sequence = 7;
  EXPECT_EQ(requests.of(frame).exposure_value, 1);
  frame.applied.sequence = 8;
  EXPECT_THROW(requests.of(frame), Error);
}

}  // namespace
}  // namespace argent

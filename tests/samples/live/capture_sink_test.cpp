#include "samples/live/capture_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <latch>
#include <mutex>

#include "camera/simulation/simulated_camera.h"
#include "isp/io/raw_file.h"
#include "models/runtime/error.h"
#include "samples/live/live_loop.h"
#include "samples/live/y4m_video.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

TEST(BracketSettings, TotalsAreExactAndTimesStayBelowTheLongest) {
  const SensorSettings base{Microseconds(10000), 2, 1.5f};
  const std::vector<float> evs{-3, -1, 0, 1, 2, 4};
  const auto steps = bracket_settings(base, evs, Microseconds(33000));
  ASSERT_EQ(steps.size(), evs.size());
  for (std::size_t i = 0; i < evs.size(); i++) {
    const double total = steps[i].exposure.count() * double(steps[i].analogue_gain);
    EXPECT_NEAR(total / (20000 * std::exp2(double(evs[i]))), 1, 1e-6);
    EXPECT_LE(steps[i].exposure.count(), 33000);
    EXPECT_GE(steps[i].analogue_gain, 1);
    EXPECT_EQ(steps[i].lens_position, 1.5f);
  }
  EXPECT_EQ(steps[1].analogue_gain, 2);  // time first
}

TEST(BracketSettings, AProbeForFlickerIsNotTheMiddle) {
  Decision decision;
  decision.controls.sensor = {Microseconds(8000), 2, 1.5f};
  decision.controls.digital_gain = 0.5f;
  EXPECT_EQ(bracket_base(decision).settings, decision.controls.sensor) << "manual, or locked";
  EXPECT_EQ(bracket_base(decision).digital_gain, 0.5f);
  decision.trace.exposure.wanted_total = 8000;  // the probe is twice that
  BracketBase base = bracket_base(decision);
  EXPECT_EQ(base.settings, (SensorSettings{Microseconds(4000), 2, 1.5f}));
  EXPECT_EQ(base.digital_gain, 1);
  decision.controls.digital_gain = 3;            // of a frame from before the light changed
  decision.trace.exposure.wanted_total = 32000;  // too dark for the sensor
  base = bracket_base(decision);
  EXPECT_EQ(base.settings, decision.controls.sensor);
  EXPECT_EQ(base.digital_gain, 2);
}

TEST(BracketSettings, VeryShortStepsKeepTheTotal) {
  const auto steps = bracket_settings({Microseconds(40), 4, 0}, std::vector<float>{-2}, Microseconds(0));
  EXPECT_NEAR(steps[0].exposure.count() * double(steps[0].analogue_gain), 40, 1e-3);
  EXPECT_GE(steps[0].exposure.count(), 30);
}

/// Notes the frames of brackets.
class BracketNotes : public Sink {
 public:
  BracketNotes(std::vector<LiveFrame>& out, LiveControl& control, std::uint64_t at) : out_(out), control_(control), at_(at) {}
  std::string name() const override { return "notes"; }
  bool wants_picture() const override { return false; }
  void take(const LiveFrame& frame) override {
    if (frame.number == at_) control_.ask({CaptureJob::Kind::kBracket, StillFormat::kDng, 3, {-2, 0, 1}});
    if (frame.bracket_step >= 0) out_.push_back(frame);
  }

 private:
  std::vector<LiveFrame>& out_;
  LiveControl& control_;
  std::uint64_t at_;
};

class Captures : public LiveFiles {
 protected:
  /// Runs the simulated camera with a bracket of -2, 0, 1 EV asked for at frame 30; gives its frames.
  std::vector<LiveFrame> bracket(const std::string& scenario, std::vector<SensorSettings>& asked) {
    std::ofstream(file("s.yaml")) << scenario;
    LiveSourceOptions source;
    source.camera = "sim:" + file("s.yaml").string();
    source.size = Size{64, 48};
    LiveControl control;
    LiveLoopOptions options;
    options.frames = 80;
    options.pace = Pace::kFastest;
    LiveLoop loop([&] { return open_camera(source); }, control, options);
    std::vector<LiveFrame> frames;
    loop.add(std::make_unique<BracketNotes>(frames, control, 30));
    CaptureSink::Options captures;
    captures.folder = file("captures");
    captures.wait = true;
    captures.message = [](const std::string&) {};
    captures.ask_bracket = [&](std::span<const SensorSettings> steps) {
      asked.assign(steps.begin(), steps.end());
      loop.ask_bracket(steps);
    };
    loop.add(std::make_unique<CaptureSink>(control, loop.pipeline().params(), captures));
    std::atomic<bool> stop{false};
    loop.run(stop);
    return frames;
  }
};

TEST_F(Captures, ABracketIsExactToTheLine) {
  std::vector<SensorSettings> asked;
  const auto frames = bracket("seed: 2\n", asked);
  ASSERT_EQ(asked.size(), 3U);
  ASSERT_EQ(frames.size(), 3U);
  for (std::size_t i = 0; i < 3; i++) {
    const Applied& applied = frames[i].raw->applied;
    EXPECT_EQ(frames[i].bracket_step, static_cast<int>(i));
    EXPECT_NEAR(applied.settings.exposure.count(), asked[i].exposure.count(), applied.line_time.count());
    EXPECT_NEAR(applied.settings.analogue_gain, asked[i].analogue_gain, 0.02f * asked[i].analogue_gain);
    if (i > 0) {
      EXPECT_EQ(applied.sequence, frames[i - 1].raw->applied.sequence + 1);
    }
    const RawFrame saved = load_raw(file("captures") / ("bracket-001-" + std::to_string(i + 1) + ".dng"));
    EXPECT_NEAR(saved.applied.settings.exposure.count() / applied.settings.exposure.count(), 1, 2e-3);
    EXPECT_EQ(saved.data[100], frames[i].raw->data[100]);
  }
}

TEST_F(Captures, LostStepsOfABracketComeAgain) {
  std::vector<SensorSettings> asked;
  const auto frames = bracket("seed: 3\nsensor: {drop_rate: 0.4}\n", asked);
  ASSERT_EQ(frames.size(), 3U);
  std::vector<int> steps;
  for (const LiveFrame& frame : frames) steps.push_back(frame.bracket_step);
  std::sort(steps.begin(), steps.end());
  EXPECT_EQ(steps, (std::vector<int>{0, 1, 2}));
  for (const char* name : {"bracket-001-1.dng", "bracket-001-2.dng", "bracket-001-3.dng"})
    EXPECT_TRUE(fs::exists(file("captures") / name)) << name;
}

/// From the header of a baseline JPEG (ITU T.81, B.2.2); 0x0: there is none.
Size jpeg_size(const std::string& bytes) {
  const std::size_t at = bytes.find("\xff\xc0");
  if (at == std::string::npos || at + 9 > bytes.size()) return {};
  const auto word = [&](std::size_t i) {
    return static_cast<unsigned char>(bytes[at + i]) << 8 | static_cast<unsigned char>(bytes[at + i + 1]);
  };
  return {word(7), word(5)};
}

/// Of which nobody has measured the colors.
class Uncalibrated : public SimulatedCamera {
 public:
  using SimulatedCamera::SimulatedCamera;
  std::optional<RawFrame> next() override {
    std::optional<RawFrame> frame = SimulatedCamera::next();
    if (frame) frame->sensor.matrices.clear();
    return frame;
  }
};

TEST_F(Captures, WithoutAColorMatrixPicturesAndStillsHaveTheSensorsColorsAndThatIsSaid) {
  const auto open = [] {
    Scenario scenario;
    scenario.sensor.size = {64, 48};
    LiveSource source;
    source.camera = std::make_unique<Uncalibrated>(scenario);
    return source;
  };
  LiveControl control;
  control.ask({CaptureJob::Kind::kStill, StillFormat::kJpeg, 1, {}});
  LiveLoopOptions options;
  options.frames = 6;
  options.pace = Pace::kFastest;
  options.output.fit = {32, 24};
  std::vector<std::string> messages;
  options.message = [&](const std::string& text) { messages.push_back(text); };
  LiveLoop loop(open, control, options);
  CaptureSink::Options captures;
  captures.folder = file("c");
  captures.wait = true;
  captures.message = options.message;
  loop.add(std::make_unique<CaptureSink>(control, loop.pipeline().params(), captures));
  loop.add(std::make_unique<QueuedSink>(std::make_unique<Y4mVideo>(file("v.y4m").string(), Overwrite::kNo), QueuedSink::Options{}));
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_EQ(jpeg_size(bytes_of(file("c") / "still-001.jpg")), (Size{64, 48}));  // all of it, whatever --fit says
  const auto told = [](const std::string& text) { return text.starts_with("no color matrix of sensor simulated analytic is known"); };
  EXPECT_EQ(std::count_if(messages.begin(), messages.end(), told), 1);
}

TEST_F(Captures, NumbersGoOnAndNothingIsOverwritten) {
  fs::create_directories(file("c"));
  std::ofstream(file("c") / "still-007.jpg") << "mine";
  LiveControl control;
  control.ask({CaptureJob::Kind::kStill, StillFormat::kJpeg, 1, {}});
  control.ask({CaptureJob::Kind::kBurst, StillFormat::kJpeg, 3, {}});
  LiveSourceOptions source;
  source.size = Size{64, 48};
  LiveLoopOptions options;
  options.frames = 6;
  options.pace = Pace::kFastest;
  LiveLoop loop([&] { return open_camera(source); }, control, options);
  CaptureSink::Options captures;
  captures.folder = file("c");
  captures.wait = true;
  captures.message = [](const std::string&) {};
  loop.add(std::make_unique<CaptureSink>(control, loop.pipeline().params(), captures));
  std::atomic<bool> stop{false};
  loop.run(stop);
  EXPECT_EQ(bytes_of(file("c") / "still-007.jpg"), "mine");
  for (const char* name : {"still-008.jpg", "burst-009-01.jpg", "burst-009-02.jpg", "burst-009-03.jpg"})
    EXPECT_EQ(bytes_of(file("c") / name).substr(0, 2), "\xff\xd8") << name;
  EXPECT_EQ(std::distance(fs::directory_iterator(file("c")), fs::directory_iterator()), 5);
}

/// A frame with pixels in a camera's buffer.
LiveFrame small_frame(std::shared_ptr<std::vector<std::uint16_t>> buffer, int bracket_step = -1) {
  LiveFrame frame = frame_at(0);
  RawFrame raw;
  raw.sensor.active = {8, 8};
  raw.data = buffer->data();
  raw.stride = 8;
  raw.lease = std::move(buffer);
  frame.raw = std::make_shared<const RawFrame>(std::move(raw));
  frame.bracket_step = bracket_step;
  return frame;
}

class Brackets : public LiveFiles {
 protected:
  CaptureSink::Options options() {
    CaptureSink::Options captures;
    captures.folder = file("c");
    captures.wait = true;
    captures.message = [this](const std::string& text) {  // from the queue's thread, too
      const std::lock_guard lock(mutex_);
      messages_.push_back(text);
    };
    captures.ask_bracket = [](std::span<const SensorSettings>) {};
    return captures;
  }
  bool said(const std::string& text) const { return std::find(messages_.begin(), messages_.end(), text) != messages_.end(); }

  std::mutex mutex_;
  std::vector<std::string> messages_;
  std::shared_ptr<std::vector<std::uint16_t>> buffer_ = std::make_shared<std::vector<std::uint16_t>>(64, std::uint16_t{300});
};

TEST_F(Brackets, OneWhoseStepsDoNotComeIsGivenUpAndTheNextCaptureIsTaken) {
  LiveControl control;
  control.ask({CaptureJob::Kind::kBracket, StillFormat::kDng, 3, {-1, 0, 1}});
  control.ask({CaptureJob::Kind::kStill, StillFormat::kDng, 1, {}});
  CaptureSink sink(control, {}, options());
  for (int i = 0; i < CaptureSink::kBracketPatience - 1; i++) sink.take(small_frame(buffer_));
  sink.take(small_frame(buffer_, 0));  // and the patience begins anew
  for (int i = 0; i < CaptureSink::kBracketPatience - 1; i++) sink.take(small_frame(buffer_));
  EXPECT_TRUE(sink.busy());
  sink.take(small_frame(buffer_));
  EXPECT_FALSE(sink.busy());
  sink.take(small_frame(buffer_));
  sink.finish();
  EXPECT_TRUE(said("bracket-001: given up, 2 of its frames did not come"));
  EXPECT_TRUE(fs::exists(file("c") / "bracket-001-1.dng"));
  EXPECT_TRUE(fs::exists(file("c") / "still-002.dng"));
}

TEST_F(Brackets, AStepThatIsShownTwiceIsTakenOnce) {
  LiveControl control;
  control.ask({CaptureJob::Kind::kBracket, StillFormat::kDng, 2, {-1, 1}});
  CaptureSink sink(control, {}, options());
  for (const int step : {0, 0, 0, 1}) sink.take(small_frame(buffer_, step));
  sink.finish();
  EXPECT_FALSE(sink.busy());
  EXPECT_TRUE(fs::exists(file("c") / "bracket-001-2.dng"));
  EXPECT_EQ(messages_.size(), 2U);
}

TEST_F(Brackets, WaitingFilesKeepNoBufferOfTheCamera) {
  LiveControl control;
  control.ask({CaptureJob::Kind::kBurst, StillFormat::kDng, 8, {}});
  CaptureSink::Options captures = options();
  std::latch first{1};
  captures.message = [&](const std::string&) { first.wait(); };  // a disk that takes its time
  CaptureSink sink(control, {}, captures);
  for (int i = 0; i < 8; i++) sink.take(small_frame(buffer_));
  EXPECT_EQ(buffer_.use_count(), 1);
  first.count_down();
  sink.finish();
}

TEST_F(Brackets, NumbersThatAreNoneAreIgnored) {
  fs::create_directories(file("c"));
  for (const char* name : {"still-2147483647.jpg", "still-99999999999999999999.jpg", "burst--3.jpg", "still-x.jpg", "still-", "bracket-4"})
    std::ofstream(file("c") / name) << "mine";
  LiveControl control;
  control.ask({CaptureJob::Kind::kStill, StillFormat::kDng, 1, {}});
  CaptureSink sink(control, {}, options());
  sink.take(small_frame(buffer_));
  sink.finish();
  EXPECT_TRUE(fs::exists(file("c") / "still-005.dng"));
  fs::remove_all(file("c"));
  control.ask({CaptureJob::Kind::kStill, StillFormat::kDng, 1, {}});
  EXPECT_THROW(sink.take(small_frame(buffer_)), Error);  // the folder is gone
}

TEST_F(Captures, ACameraWithoutBracketsIsSaid) {
  LiveControl control;
  control.ask({CaptureJob::Kind::kBracket, StillFormat::kDng, 2, {-1, 1}});
  control.ask({CaptureJob::Kind::kStill, StillFormat::kJpeg, 1, {}});
  LiveSourceOptions source;
  source.size = Size{64, 48};
  LiveLoopOptions options;
  options.frames = 3;
  options.pace = Pace::kFastest;
  LiveLoop loop([&] { return open_camera(source); }, control, options);
  CaptureSink::Options captures;
  std::vector<std::string> messages;
  captures.folder = file("c");
  captures.wait = true;
  captures.message = [&](const std::string& text) { messages.push_back(text); };
  captures.ask_bracket = [](std::span<const SensorSettings>) { throw Error("this camera can't take a bracket"); };
  loop.add(std::make_unique<CaptureSink>(control, loop.pipeline().params(), captures));
  std::atomic<bool> stop{false};
  loop.run(stop);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0], "bracket: this camera can't take a bracket");
  EXPECT_TRUE(fs::exists(file("c") / "still-002.jpg"));
}

}  // namespace
}  // namespace argent

#include "camera/live/live_camera.h"

#include <gtest/gtest.h>

#include <array>
#include "isp/packed_codes.h"
#include "models/runtime/error.h"
#include "tests/camera/live/fake_capture.h"

namespace argent {
namespace {

CaptureStream stream_of(const char* format, std::size_t stride) {
  CaptureStream stream{"fake", "vsensor", format, {4, 2}, stride, 3, {}};
  stream.offered.exposure_time = OfferedRange{10, 60'000};
  stream.offered.analogue_gain = OfferedRange{1, 16};
  return stream;
}

CompletedBuffer good(std::size_t buffer, std::uint64_t sequence) {
  CompletedBuffer done;
  done.buffer = buffer;
  done.good = true;
  done.sequence = sequence;
  done.timestamp = Microseconds(1'000 * double(sequence));
  done.metadata.exposure_time = Microseconds(10'000);
  done.metadata.analogue_gain = 1;
  return done;
}

CompletedBuffer broken(std::size_t buffer, std::uint64_t sequence) {
  CompletedBuffer done;
  done.buffer = buffer;
  done.sequence = sequence;
  return done;
}

struct Played {
  std::shared_ptr<FakeRecord> record = std::make_shared<FakeRecord>();
  FakeDevice* device = nullptr;
  std::unique_ptr<LiveCamera> camera;
};

Played play(std::deque<CompletedBuffer> frames, const CaptureStream& stream, std::vector<std::byte> bytes) {
  Played played;
  auto device = std::make_unique<FakeDevice>(stream, std::move(frames), played.record, std::move(bytes));
  played.device = device.get();
  LiveCameraOptions options;
  options.start = {Microseconds(10'000), 1, 0};
  auto control = std::make_unique<MetadataControl>(stream.offered, options.frames, options.start);
  played.camera = std::make_unique<LiveCamera>(std::move(device), std::move(control), options);
  return played;
}

Played play(std::deque<CompletedBuffer> frames) {
  std::vector<std::byte> bytes(2 * 12);
  bytes[0] = std::byte{7};
  bytes[12] = std::byte{0x34};  // row 1, behind 4 bytes of padding
  bytes[13] = std::byte{0x02};
  return play(std::move(frames), stream_of("SRGGB10", 12), std::move(bytes));
}

TEST(LiveCamera, FramesAreLeasedAndGivenBack) {
  Played played = play({good(0, 0), good(1, 1)});
  {
    const auto frame = played.camera->next();
    EXPECT_EQ(frame->data[0], 7);
    EXPECT_EQ(frame->data[frame->stride], 0x234);
    EXPECT_EQ(frame->stride, 6);
    EXPECT_EQ(played.device->mappings_[0]->readers, 1);
    EXPECT_TRUE(played.record->queued.empty());
    EXPECT_EQ(frame->sensor.black[0], 64);
    EXPECT_EQ(frame->sensor.white[0], 1023);
    EXPECT_EQ(frame->applied.settings.exposure, Microseconds(10'000));
  }
  EXPECT_EQ(played.device->mappings_[0]->readers, 0);
  EXPECT_EQ(played.record->queued, std::vector<std::size_t>{0});
}

TEST(LiveCamera, AFrameMayOutliveTheCamera) {
  Played played = play({good(0, 0)});
  const auto frame = played.camera->next();
  played.camera.reset();
  EXPECT_TRUE(played.record->stopped);
  EXPECT_EQ(frame->data[0], 7);
}

TEST(LiveCamera, BrokenFramesAndGapsAreCountedNotGiven) {
  Played played = play({good(0, 0), broken(1, 1), broken(2, 2), good(0, 7)});
  EXPECT_EQ(played.camera->next()->applied.sequence, 0u);
  EXPECT_EQ(played.camera->next()->applied.sequence, 7u);
  EXPECT_EQ(played.camera->counts().broken, 2u);
  EXPECT_EQ(played.camera->counts().missed, 4u);
  EXPECT_EQ(played.record->queued, (std::vector<std::size_t>{0, 1, 2, 0}));
}

TEST(LiveCamera, ALateCallerGetsTheNewest) {
  Played played = play({good(0, 0), good(1, 1), good(2, 2)});
  int left = 3;
  played.device->ready = [&left] { return static_cast<std::size_t>(std::max(0, --left)); };
  EXPECT_EQ(played.camera->next()->applied.sequence, 2u);
  EXPECT_EQ(played.camera->counts().dropped, 2u);
}

TEST(LiveCamera, ACameraThatIsGoneSaysSo) {
  Played played = play({good(0, 0)});
  EXPECT_TRUE(played.camera->next());
  try {
    played.camera->next();
    FAIL() << "no Error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("disconnected"), std::string::npos);
  }
}

/// A sensor that is gone from some call on.
class GoneControl : public MetadataControl {
 public:
  enum class From { kAsk, kBracket, kShown };
  GoneControl(const CaptureStream& stream, From from) : MetadataControl(stream.offered, {}, {Microseconds(10'000), 1, 0}), from_(from) {}
  void ask(const SensorSettings& settings) override {
    if (from_ == From::kAsk) throw Error("the sensor is gone");
    MetadataControl::ask(settings);
  }
  void ask_bracket(std::span<const SensorSettings> steps) override {
    if (from_ == From::kBracket) throw Error("the sensor is gone");
    MetadataControl::ask_bracket(steps);
  }
  std::optional<ShownSettings> shown(const CompletedBuffer& frame) override {
    if (from_ == From::kShown) throw Error("the sensor is gone");
    return MetadataControl::shown(frame);
  }

 private:
  From from_;
};

TEST(LiveCamera, ASensorThatIsGoneIsAbandonedWhoeverMeetsIt) {
  for (auto from : {GoneControl::From::kAsk, GoneControl::From::kBracket, GoneControl::From::kShown}) {
    const CaptureStream stream = stream_of("SRGGB10", 12);
    const auto record = std::make_shared<FakeRecord>();
    auto device = std::make_unique<FakeDevice>(stream, std::deque{good(0, 0), good(1, 1)}, record, std::vector<std::byte>(24));
    LiveCamera camera(std::move(device), std::make_unique<GoneControl>(stream, from), {});
    const std::vector<SensorSettings> steps{{Microseconds(10'000), 1, 0}};
    EXPECT_FALSE(record->abandoned);
    if (from == GoneControl::From::kAsk) {
      EXPECT_THROW(camera.apply(steps[0]), Error);
    } else if (from == GoneControl::From::kBracket) {
      EXPECT_THROW(camera.apply_bracket(steps), Error);
    } else {
      EXPECT_THROW(camera.next(), Error);
    }
    EXPECT_TRUE(record->abandoned);
    try {
      camera.next();
      FAIL() << "no Error";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "the sensor is gone");
    }
  }
}

TEST(LiveCamera, PackedRowsAreLeasedAsTheyLie) {
  std::vector<std::byte> bytes(2 * 8);
  bytes[8] = std::byte{0xff};   // row 1, first pixel
  bytes[12] = std::byte{0x03};  // its low bits
  Played played = play({good(0, 0)}, stream_of("SRGGB10_CSI2P", 8), bytes);
  {
    const auto frame = played.camera->next();
    ASSERT_TRUE(frame->packed);
    EXPECT_EQ(frame->packed->format, PackedFormat::kRaw10);
    EXPECT_EQ(frame->packed->stride, 8);
    std::array<std::uint16_t, 4> codes{};
    unpack_row(frame->packed->format, frame->packed->bytes + frame->packed->stride, 4, codes.data());
    EXPECT_EQ(codes[0], 1023);
    EXPECT_EQ(codes[1], 0);
    EXPECT_TRUE(played.record->queued.empty());
  }
  EXPECT_EQ(played.record->queued, std::vector<std::size_t>{0});  // given back with the frame
}

TEST(LiveCamera, BlackLevelOfTheMetadataWins) {
  CompletedBuffer done = good(0, 0);
  done.metadata.black_levels = {3200, 3200, 3264, 3200};
  Played played = play({done});
  const auto frame = played.camera->next();
  EXPECT_EQ(frame->sensor.black[0], 50);
  EXPECT_EQ(frame->sensor.black[2], 51);
}

TEST(LiveCamera, SkippedFramesGoBackUnread) {
  Played played = play({good(0, 0), good(1, 1)});
  EXPECT_TRUE(played.camera->skip());
  EXPECT_EQ(played.device->mappings_[0]->readers, 0);
  EXPECT_EQ(played.record->queued, std::vector<std::size_t>{0});
  EXPECT_EQ(played.camera->next()->applied.sequence, 1u);
}

}  // namespace
}  // namespace argent

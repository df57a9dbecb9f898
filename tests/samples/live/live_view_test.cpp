#include "samples/live/live_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <thread>

#include "isp/orientation.h"
#include "samples/live/dashboard_state.h"
#include "samples/live/preview.h"
#include "tests/samples/live/live_fixture.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

LiveFrame numbered(std::uint64_t number) {
  LiveFrame frame = frame_at(double(number) / 30);
  frame.number = number;
  frame.raw = std::make_shared<const RawFrame>();
  return frame;
}

/// A clock that stands still unless it is moved.
struct StoppedClock {
  LiveView::Clock::time_point now{1h};
  std::function<LiveView::Clock::time_point()> reader() {
    return [this] { return now; };
  }
};

TEST(LiveView, WantsPicturesOnlyForViewersAndNotMoreThanTheyGet) {
  StoppedClock clock;
  LiveView view(clock.reader());
  EXPECT_FALSE(view.wants_picture());
  view.take(numbered(0));
  EXPECT_EQ(view.wait_for_preview(std::nullopt, 0ms), nullptr) << "of a picture that nobody wanted";
  EXPECT_TRUE(view.wants_picture());
  view.take(numbered(1));
  EXPECT_FALSE(view.wants_picture()) << "it has just got one";
  const auto preview = view.wait_for_preview(std::nullopt, 1min);
  ASSERT_NE(preview, nullptr);
  EXPECT_EQ(preview->frame, 1U);
  EXPECT_EQ(preview->jpeg[0], 0xff);
  EXPECT_EQ(view.wait_for_preview(1, 0ms), nullptr) << "seen";
  EXPECT_FALSE(view.wants_picture()) << "the next is not due";
  clock.now += 67ms;
  EXPECT_TRUE(view.wants_picture());
  clock.now += 4s;
  EXPECT_FALSE(view.wants_picture()) << "nobody has looked for long";
  view.wait_for_preview(1, 0ms);
  EXPECT_TRUE(view.wants_picture());
  view.close();
  EXPECT_FALSE(view.wants_picture());
}

TEST(LiveView, GivesTheNewestFrameWithoutTheCamerasBuffer) {
  LiveView view;
  EXPECT_FALSE(view.wait_for_frame(std::nullopt, 1ms));
  LiveFrame frame = numbered(7);
  const std::weak_ptr<const RawFrame> raw = frame.raw;
  view.take(frame);
  frame = {};
  EXPECT_TRUE(raw.expired());
  EXPECT_EQ(view.wait_for_frame(std::nullopt, 0ms)->frame.number, 7U);
  EXPECT_FALSE(view.wait_for_frame(7, 1ms));
  EXPECT_EQ(view.wait_for_frame(6, 0ms)->frame.number, 7U);
}

TEST(LiveView, RemembersSoMuchAndNoMore) {
  LiveView view;
  for (std::uint64_t i = 0; i < LiveView::kHistory + 10; i++) view.take(numbered(i));
  EXPECT_EQ(view.history(std::nullopt).size(), LiveView::kHistory);
  EXPECT_EQ(view.history(std::nullopt).front().frame, 10U);
  const auto rows = view.history(LiveView::kHistory + 7);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].frame, LiveView::kHistory + 8);
  EXPECT_DOUBLE_EQ(rows[0].seconds, double(LiveView::kHistory + 8) / 30);
  EXPECT_TRUE(view.history(LiveView::kHistory + 9).empty());
  EXPECT_EQ(view.history(1'000'000).size(), LiveView::kHistory) << "a page from before a restart";
}

TEST(LiveView, ClosingLetsGoOfWhoWaits) {
  LiveView view;
  std::thread waiting([&] { view.wait_for_frame(std::nullopt, 1h); });
  view.close();
  waiting.join();
}

TEST(LiveView, APictureThatCantBeShownIsSaid) {
  StoppedClock clock;
  LiveView view(clock.reader());
  BufferPool pool;
  view.wait_for_preview(std::nullopt, 0ms);
  LiveFrame frame = numbered(0);
  frame.picture = std::make_shared<const Image>(pool, Size{2, 2}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb);
  view.take(frame);
  const auto go_on = [&] {  // until the other thread has met it
    for (std::uint64_t number = 1; number < 60'000; number++) {
      view.take(numbered(number));
      EXPECT_EQ(view.wait_for_preview(std::nullopt, 1ms), nullptr);
    }
  };
  EXPECT_THROW(go_on(), std::exception);
}

/// The map against the very code that turns pictures: each pixel of the stored one carries its own place.
TEST(PictureMap, FollowsCropAndOrientation) {
  BufferPool pool;
  const Size active{40, 30};
  const Rect crop{4, 6, 20, 12};
  for (int orientation = 1; orientation <= 8; orientation++) {
    RawFrame frame;
    frame.sensor.active = active;
    frame.capture.crop = crop;
    frame.capture.orientation = static_cast<Orientation>(orientation);
    Image stored(pool, {crop.width, crop.height}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
    for (int y = 0; y < crop.height; y++) {
      for (int x = 0; x < crop.width; x++) {
        stored.row<std::uint8_t>(y)[3 * x] = static_cast<std::uint8_t>(crop.x + x);
        stored.row<std::uint8_t>(y)[3 * x + 1] = static_cast<std::uint8_t>(crop.y + y);
      }
    }
    const Image picture = upright(std::move(stored), frame.capture.orientation, pool);
    const PictureMap m = picture_map_of(frame);
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        const double px = (x + 0.5) / picture.width(), py = (y + 0.5) / picture.height();
        const auto* pixel = picture.row<std::uint8_t>(y) + 3 * x;
        EXPECT_NEAR(m.xx * px + m.xy * py + m.x0, (pixel[0] + 0.5) / active.width, 1e-9) << orientation;
        EXPECT_NEAR(m.yx * px + m.yy * py + m.y0, (pixel[1] + 0.5) / active.height, 1e-9) << orientation;
      }
    }
  }
}

TEST(Preview, IsTheMeanOfBlocks) {
  BufferPool pool;
  Image picture(pool, {1921, 7}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < 7; y++) {
    for (int i = 0; i < 3 * 1921; i++) picture.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>((i / 3 + y * 5 + i % 3 * 11) % 251);
  }
  const Image small = preview_of(picture, 640, pool);
  ASSERT_EQ(small.size(), (Size{480, 1}));  // blocks of 4
  for (int x = 0; x < 480; x++) {
    for (int c = 0; c < 3; c++) {
      int sum = 0;
      for (int dy = 0; dy < 4; dy++) {
        for (int dx = 0; dx < 4; dx++) sum += picture.row<std::uint8_t>(dy)[3 * (4 * x + dx) + c];
      }
      EXPECT_EQ(small.row<std::uint8_t>(0)[3 * x + c], (sum + 8) / 16);
    }
  }
  EXPECT_EQ(preview_of(*frame_at(0).picture, 640, pool).size(), (Size{32, 16}));
}

TEST(DashboardState, BarsKeepEveryCount) {
  std::vector<std::uint32_t> bins(1024);
  for (std::size_t i = 0; i < bins.size(); i++) bins[i] = static_cast<std::uint32_t>(i * 7 % 13);
  double all = 0, counted = 0;
  for (std::uint32_t bin : bins) all += bin;
  for (double bar : bars_of(bins)) counted += bar;
  EXPECT_NEAR(counted, all, 1e-6 * all);
  std::vector<std::uint32_t> one(1024);
  one[256] = 5;  // a quarter of the light is half of its root
  EXPECT_NEAR(bars_of(one)[64], 5, 1e-9);
  one = std::vector<std::uint32_t>(1024);
  one[0] = 8;  // 0 to 1/1024: the first 4 of 128 bars
  EXPECT_NEAR(bars_of(one)[3], 2, 1e-9);
  EXPECT_NEAR(bars_of(one)[4], 0, 1e-9);
}

TEST(DashboardState, SaysWhatIsAskedForAndNothingThatIsNotJson) {
  LiveFrame frame = numbered(3);
  Decision decision;
  decision.controls.digital_gain = std::nanf("");
  decision.trace.exposure.lux = std::numeric_limits<float>::infinity();
  frame.decision = std::make_shared<const Decision>(decision);
  const LiveView::Frame shown{frame, {}, Microseconds(10)};
  const std::string plain = state_json(shown, {}, {}, DashboardUse::kReadOnly);
  EXPECT_NE(plain.find(R"("frame":3)"), std::string::npos);
  EXPECT_NE(plain.find(R"("digital_gain":null)"), std::string::npos);
  EXPECT_NE(plain.find(R"("ExposureTime":"auto")"), std::string::npos);
  EXPECT_EQ(plain.find("histogram"), std::string::npos);
  EXPECT_EQ(plain.find("zones\":{"), std::string::npos);
  const std::string full = state_json(shown, {}, state_parts_from("histogram,rows,zones,?"), DashboardUse::kControl);
  for (const char* part : {R"("histogram":{)", R"("rows":{)", R"("zones":{)", R"("control":true)"})
    EXPECT_NE(full.find(part), std::string::npos) << part;
}

}  // namespace
}  // namespace argent

// What a user of the installed library writes: a frame of their own, measured, decided on and rendered.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "aaa/controller.h"
#include "calibration/profile/camera_profile.h"
#include "isp/io/raw_file.h"
#include "isp/pipeline.h"
#include "models/runtime/error.h"

namespace {

/// A grey wall under a light that leaves red and blue at half of green.
argent::RawFrame grey_wall() {
  constexpr int kWidth = 64, kHeight = 48;
  constexpr std::uint16_t kBlack = 64, kGreen = 1064, kRedAndBlue = 564;
  auto codes = std::make_shared<std::vector<std::uint16_t>>(kWidth * kHeight, kGreen);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      if (x % 2 == y % 2) (*codes)[static_cast<std::size_t>(y * kWidth + x)] = kRedAndBlue;  // RGGB

  argent::RawFrame frame;
  frame.data = codes->data();
  frame.lease = codes;
  frame.stride = kWidth;
  frame.sensor.active = {kWidth, kHeight};
  frame.sensor.bits = 12;
  frame.sensor.black.fill(kBlack);
  frame.sensor.white.fill(4095);
  frame.capture.crop = {0, 0, kWidth, kHeight};
  return frame;
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "consumer: not so: %s\n", what);
  std::exit(1);
}

}  // namespace

int main() {
  argent::PipelineParams params;
  params.output.color = argent::ColorSpace::kCamera;
  const argent::Pipeline pipeline(params);
  argent::Controller controller;
  const argent::RawFrame frame = grey_wall();

  argent::Decision decision = controller.update(pipeline.measure(frame));
  decision.controls.colour_gains = {2, 1, 2};
  const argent::Image picture = pipeline.render(frame, decision.controls);

  expect(picture.width() == 64 && picture.height() == 48, "the picture is as large as the frame");
  const std::uint8_t* pixel = picture.row<std::uint8_t>(24) + 32 * argent::Image::kChannels;
  std::printf("grey comes out as %d %d %d\n", pixel[0], pixel[1], pixel[2]);
  expect(std::abs(pixel[0] - pixel[1]) <= 1 && std::abs(pixel[2] - pixel[1]) <= 1, "a grey wall is grey");
  expect(pixel[1] > 20 && pixel[1] < 250, "it is neither black nor white");

  bool caught = false;
  try {
    argent::load_raw("/nonexistent.dng");
  } catch (const argent::Error& error) {
    caught = std::string_view(error.what()).find("/nonexistent.dng") != std::string_view::npos;
  }
  expect(caught, "an error crosses the library's border with the path in it");
  expect(argent::write_profile(argent::parse_profile("argent_profile: 1\n", "consumer")).find("argent_profile") != std::string::npos,
         "a profile is written");
  return 0;
}

// video_benchmark [THREADS]: what packed RAW and NV12 cost beside 16-bit codes and RGB of 8 bits, at 12.3 MP and 1080p. Prints one table a
// size; decides nothing. The frame is made up: the kernels' time does not depend on what is in it.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "isp/packed_codes.h"
#include "isp/pipeline.h"
#include "samples/machine_probe.h"
#include "tests/reference/frames.h"
#include "tests/reference/packed.h"

namespace {

using namespace argent;

void compare(Size size, int threads) {
  const RawFrame frame = reference::make_frame(CfaPattern::kBggr, size);
  PipelineParams params;
  params.threads = threads;
  const Pipeline pipeline(params);
  Controls controls;
  controls.colour_gains = {2, 1, 1.5f};
  Image picture;
  YuvImage video;
  BufferPool pool;
  std::vector<reference::Pair> pairs;
  for (PackedFormat format : reference::kAllFormats) pairs.push_back(reference::pack(frame, format, 0));

  std::vector<Contender> contenders;
  contenders.push_back({"render RGB8, 16-bit codes", [&] { picture = pipeline.render(frame, controls); }, {}});
  for (const reference::Pair& pair : pairs) {
    contenders.push_back({"render RGB8, RAW" + std::to_string(pair.packed.sensor.bits) + " packed",
                          [&] { picture = pipeline.render(pair.packed, controls); },
                          {}});
  }
  contenders.push_back({"render NV12, 16-bit codes", [&] { video = pipeline.render_yuv(frame, controls); }, {}});
  contenders.push_back({"RGB8 to NV12 alone", [&] { video = pipeline.to_yuv(picture); }, {}});
  contenders.push_back({"measure, 16-bit codes", [&] { (void)pipeline.measure(frame, controls); }, {}});
  for (const reference::Pair& pair : pairs) {
    contenders.push_back(
        {"measure, RAW" + std::to_string(pair.packed.sensor.bits) + " packed", [&] { (void)pipeline.measure(pair.packed, controls); }, {}});
  }
  contenders.push_back({"unpacked() of RAW12, one thread", [&] { (void)unpacked(pairs[2].packed, pool); }, {}});

  interleave(contenders, 3, 15);
  std::printf("%dx%d, %d threads, medians of 15 interleaved rounds\n", size.width, size.height, threads);
  for (const Contender& c : contenders) {
    std::printf("%-34s %8.2f ms   %6.2f x the first\n", c.name.c_str(), c.median(), c.median() / contenders[0].median());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  std::printf("%s; FMA %.0f / %.0f GFLOP/s (1T / 2T)\n", cpu_description().c_str(), fma_rate(1), fma_rate(2));
  compare({4056, 3040}, threads);
  compare({1920, 1080}, threads);
  std::printf("FMA afterwards %.0f / %.0f GFLOP/s\n", fma_rate(1), fma_rate(2));
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "video_benchmark: %s\n", error.what());
  return 1;
}

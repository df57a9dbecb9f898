// render_benchmark RAW: measure and render beside LibRaw's dcraw_process (PPG; of X-Trans Markesteijn's three passes) on the same mosaic;
// decoding and encoding left out.
//
// LibRaw stops before its 8-bit conversion, Argent includes it. Both keep their heap between rounds. Prints one table; decides nothing.
#include <libraw/libraw.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "isp/io/raw_file.h"
#include "isp/pipeline.h"
#include "samples/machine_probe.h"

namespace {

void require(int status, const char* what) {
  if (status != LIBRAW_SUCCESS) throw std::runtime_error(std::string(what) + ": " + libraw_strerror(status));
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace argent;
  // A fresh page costs as much as the work on it: the peer gets the same favour as our pool gives us.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
  const char* path = argc > 1 ? argv[1] : "/usr/share/doc/rawtran/IMG_5952.CR2";

  const RawFrame frame = load_raw(path);
  const bool xtrans = frame.sensor.cfa == CfaPattern::kXTrans;
  LibRaw libraw;
  libraw.imgdata.params.user_qual = xtrans ? 3 : 2;
  libraw.imgdata.params.use_camera_wb = 1;
  libraw.imgdata.params.no_auto_bright = 1;
  require(libraw.open_file(path), path);
  require(libraw.unpack(), path);

  PipelineParams params;
  params.threads = 2;
  const Pipeline pipeline(params);
  params.demosaic.method = "best";
  const Pipeline best(params);
  Controls controls;
  controls.colour_gains = frame.capture.as_shot_gains.value_or(Vec3{2, 1, 1.5f});
  Image kept;
  std::vector<Contender> contenders;
  contenders.push_back({"argent render, RGB8", [&] { kept = pipeline.render(frame, controls); }, {}});
  contenders.push_back({"the same, best demosaic", [&] { kept = best.render(frame, controls); }, {}});
  contenders.push_back({"argent measure", [&] { (void)pipeline.measure(frame, controls); }, {}});
  contenders.push_back({xtrans ? "libraw dcraw_process, 3 passes" : "libraw dcraw_process, PPG",
                        [&] { require(libraw.dcraw_process(), "dcraw_process"); },
                        {}});

  std::printf("%s; FMA %.0f / %.0f GFLOP/s (1T / 2T); COPY %.2f ms\n", cpu_description().c_str(), fma_rate(1), fma_rate(2),
              copy_time(static_cast<std::size_t>(2.5 * frame.size().width * frame.size().height), 2));
  interleave_with_pauses(contenders, 3, 15);
  std::printf("%s, %dx%d, 2 threads, medians of 15 interleaved rounds\n", path, frame.size().width, frame.size().height);
  for (const Contender& c : contenders) {
    std::printf("%-28s %8.2f ms   %6.2f x render\n", c.name.c_str(), c.median(), c.median() / contenders[0].median());
  }
  std::printf("FMA afterwards %.0f / %.0f GFLOP/s; peak memory of all %.0f MiB\n", fma_rate(1), fma_rate(2), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "render_benchmark: %s\n", error.what());
  return 1;
}

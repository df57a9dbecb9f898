// render_benchmark RAW: measure and render beside LibRaw's dcraw_process (PPG; of X-Trans Markesteijn's three passes) on the same mosaic;
// decoding and encoding left out.
//
// LibRaw stops before its 8-bit conversion, Argent includes it. Both keep their heap between rounds. A second table has the presets beside
// what darktable-cli says its pixel pipeline took (-d perf; a process a round, its memory new each time). Decides nothing.
#include <libraw/libraw.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isp/io/raw_file.h"
#include "isp/pipeline.h"
#include "isp/presets.h"
#include "samples/machine_probe.h"

namespace {

void require(int status, const char* what) {
  if (status != LIBRAW_SUCCESS) throw std::runtime_error(std::string(what) + ": " + libraw_strerror(status));
}

/// Milliseconds; nothing where there is no darktable.
std::optional<double> darktable_pixelpipe(const std::string& raw, const std::filesystem::path& folder) {
  std::filesystem::remove(folder / "out.jpg");
  const std::string command = "darktable-cli '" + raw + "' '" + (folder / "out.jpg").string() +
                              "' --core --library :memory: --configdir '" + folder.string() + "' -d perf 2>&1";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(popen(command.c_str(), "r"), &pclose);
  std::optional<double> found;
  char line[1024];
  while (output && std::fgets(line, sizeof line, output.get()) != nullptr) {
    const std::string text = line;
    const std::string_view before = "pixel pipeline processing took ";
    if (const auto at = text.find(before); at != std::string::npos) found = 1000 * std::atof(text.c_str() + at + before.size());
  }
  return found;
}

void beside_darktable(const argent::RawFrame& frame, const argent::Controls& controls, const std::string& raw) {
  using namespace argent;
  std::vector<std::pair<Preset, std::unique_ptr<Pipeline>>> presets;
  std::vector<Contender> contenders;
  for (const Preset preset : {Preset::kLive, Preset::kBalanced, Preset::kBest}) {
    PipelineParams params;
    apply(preset, params);
    params.threads = 2;
    presets.emplace_back(preset, std::make_unique<Pipeline>(params));
    contenders.push_back({"preset " + std::string(kPresetNames[static_cast<std::size_t>(preset)]),
                          [&frame, &controls, pipeline = presets.back().second.get()] { (void)pipeline->render(frame, controls); },
                          {}});
  }
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("render_benchmark." + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  Contender darktable{"darktable's pixel pipeline", {}, {}};
  if (raw.find('\'') == std::string::npos && darktable_pixelpipe(raw, folder)) {
    interleave(contenders, 2, 11, [&, turn = std::size_t{0}]() mutable {
      if (++turn % contenders.size() != 0 || turn <= 2 * contenders.size()) return;
      const std::optional<double> took = darktable_pixelpipe(raw, folder);
      if (!took) throw std::runtime_error("darktable-cli failed between rounds");
      darktable.milliseconds.push_back(*took);
    });
    contenders.push_back(darktable);
  } else {
    std::puts("darktable-cli is not there");
    interleave(contenders, 2, 11);
  }
  std::filesystem::remove_all(folder);
  std::puts("2 threads, medians and shortest of 11 interleaved rounds");
  for (const Contender& c : contenders) {
    std::printf("%-28s %8.2f ms %8.2f", c.name.c_str(), c.median(), c.best());
    if (!darktable.milliseconds.empty()) std::printf("   darktable takes %5.1f x as long", darktable.median() / c.median());
    std::puts("");
  }
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
  beside_darktable(frame, controls, path);
  std::printf("FMA afterwards %.0f / %.0f GFLOP/s; peak memory of all %.0f MiB\n", fma_rate(1), fma_rate(2), peak_memory());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "render_benchmark: %s\n", error.what());
  return 1;
}

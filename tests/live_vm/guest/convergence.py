#!/usr/bin/env python3
"""3A on the virtual sensor, whose truth is known: exposure after light of ten times and a tenth, balance, focus, no flicker where none is."""
import sys

from live_log import Checks, LiveLog, set_parameters

PHASE, MOST_FRAMES = 40, 200  # frames: of a world at least, of all
LENS_CODES, DIOPTRES = 1023, 10  # as an uncalibrated lens is taken
CALIBRATED = "argent_profile: 1\naaa: {af: {lens: {lag: 0, depth_of_field: 0.1}}}\n"  # moves at once; 5 codes off take a twentieth


def total(frame):
    return frame["applied"]["exposure_us"] * frame["applied"]["analogue_gain"]


def error(frame):
    """Of the level that is metered, relative."""
    return frame["exposure"]["measured"] / frame["exposure"]["target"] - 1


def corrections(frames):
    """Changes that landed from a step of the light until the level was right within 3 %, and its error then."""
    first = next(i for i, frame in enumerate(frames) if abs(error(frame)) > 0.5)
    landed = 0
    for before, frame in zip(frames[first:], frames[first + 1:]):
        landed += total(frame) != total(before)
        if abs(error(frame)) <= 0.03:
            return landed, error(frame)
    return len(frames), error(frames[-1])


def picture_error(frames):
    """The largest of the picture's level once it had converged: digital gain makes up for what a probe for flicker does."""
    return max(abs((1 + error(f)) * f["exposure"]["digital_gain"] - 1) for f in frames)


def balance_error(frame, red, blue):
    gains = frame["white_balance"]["gains"]
    return max(abs(gains[0] * red / 256 - 1), abs(gains[2] * blue / 256 - 1))


def at_rest(frames):
    """No probe for flicker is on its way, which would be counted as a correction."""
    last = frames[-8:]
    return len(last) == 8 and len({total(f) for f in last}) == 1 and not any(f["flicker"]["reason"] == "probing" for f in last)


def phases(worlds):
    """The frames of each world; the next begins when exposure rests."""
    set_parameters(**worlds[0])
    found, frames = [], []
    for frame in LiveLog(MOST_FRAMES):
        frames.append(frame)
        if len(found) < len(worlds) and len(frames) >= PHASE and at_rest(frames):
            found.append(frames)
            frames = frames[-1:]
            if len(found) < len(worlds):
                set_parameters(**worlds[len(found)])
    return found


def exposure_and_balance(check):
    worlds = [{"light": 256, "wb_r": 140, "wb_b": 165}, {"light": 2560, "wb_r": 200, "wb_b": 100}, {"light": 256, "wb_r": 120, "wb_b": 220}]
    found = phases(worlds)
    check("phases", len(found) == len(worlds), str([len(frames) for frames in found]))
    for name, frames in zip(("the first light", "ten times the light", "a tenth of it"), found):
        landed, left = corrections(frames)
        check(name, landed <= 3 and abs(left) <= 0.03, f"{100 * left:+.1f} % after {landed} landed corrections")
        held = picture_error(frames[-20:])
        check(name + ", then", held <= 0.03, f"the picture stays within {100 * held:.1f} %")
    for world, frames in zip(worlds, found):
        off = balance_error(frames[-1], world["wb_r"], world["wb_b"])
        check(f"balance of red {world['wb_r']}, blue {world['wb_b']}", off <= 0.02, f"within {100 * off:.2f} %")
    periods = {frame["flicker"]["period_us"] for frames in found for frame in frames}
    check("no flicker where there is none", periods == {0}, f"periods {sorted(periods)}")


def focus(check):
    with open("/tmp/calibrated.yaml", "w", encoding="ascii") as file:
        file.write(CALIBRATED)
    for best in (150, 820, 500):  # the lens is at 400 at first, then where it was left
        set_parameters(focus_best=best)
        found = None
        for frame in LiveLog(60, "--tuning", "/tmp/calibrated.yaml", "--control", "AfMode=auto", "--control", "AfTrigger=start"):
            start = frame["applied"]["lens_position"] if frame["frame"] == 0 else start
            if found is None and frame["focus"]["state"] == "focused":
                found = frame
        code = lambda dioptres: dioptres * LENS_CODES / DIOPTRES
        reached = code(frame["applied"]["lens_position"])
        assert abs(code(start) - best) >= 200, f"started at {code(start)}"
        check(f"focus at {best} from {code(start):.0f}", found is not None and abs(reached / best - 1) <= 0.02,
              f"{reached:.0f} after {found['frame'] if found else 'no'} frames")


def main():
    check = Checks()
    exposure_and_balance(check)
    focus(check)
    return check.failed


if __name__ == "__main__":
    sys.exit(main())

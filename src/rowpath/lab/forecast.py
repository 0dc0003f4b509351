"""How long a run will still take, from what was seen of it so far."""

from collections.abc import Sequence

from rowpath.lab.experiment import WHOLE_TABLE, Setup, Timing
from rowpath.lab.plan import Cell, Stage
from rowpath.lab.profile import Profile
from rowpath.lab.results import Results

START_S = 2.0
"""Four servers, started side by side on two cores."""
REQUEST_S = 0.01
ROW_S = 25e-6
SORTED_ROW_S = 60e-9
"""A guess for what was not seen yet: DRF's time a row, and a row's part in sorting the table."""


class Forecast:
    """Estimates from the tracing pass where a cell was seen, from a guess where not."""

    def __init__(
        self, stages: Sequence[Stage], profile: Profile, results: Results, *, table_rows: int
    ) -> None:
        self._stages = stages
        self._profile = profile
        self._results = results
        self._table_rows = table_rows

    def remaining_s(self) -> float:
        """Return the seconds that are left if no stage stops early."""
        return sum(self._stage_s(stage) for stage in self._stages)

    def _stage_s(self, stage: Stage) -> float:
        observe_s = sum(
            self._request_s(cell) for cell in stage.cells if cell not in self._results.observations
        )
        slots = [(cell, self._slots_left(cell)) for cell in stage.timed]
        starts = max((left for _, left in slots), default=0)
        return observe_s + starts * START_S + sum(self._slot_s(cell) * n for cell, n in slots)

    def _slots_left(self, cell: Cell) -> int:
        return self._profile.blocks - len(self._results.slots[cell])

    def _slot_s(self, cell: Cell) -> float:
        request_s = self._request_s(cell)
        return min(request_s, 1.0) + max(self._profile.slot_s, request_s)

    def _request_s(self, cell: Cell) -> float:
        seen = self._results.observations.get(cell)
        if seen is not None:
            return seen.duration_s
        rows = cell.rows
        if rows == WHOLE_TABLE:
            rows = self._table_rows if cell.variant.timing is Timing.ONCE else 0
        sort_s = self._table_rows * SORTED_ROW_S if cell.setup is Setup.AS_TOLD else 0.0
        return REQUEST_S + sort_s + rows * ROW_S

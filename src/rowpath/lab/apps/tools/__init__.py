"""The Django application with an instrument in it: the lab's recorder, the talk's two tools."""
